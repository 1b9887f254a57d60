"""The class thermometer for staff."""

from django.urls import path

from interventions.web import board, smallest_group, thermometer, thermometer_share

app_name = "thermometer"
urlpatterns = [
    path("classes/", thermometer.classes, name="classes"),
    path("classes/<uuid:class_uuid>/thermometer/", thermometer.prepare, name="prepare"),
    path("schools/<slug:code>/thermometer/", smallest_group.smallest_group, name="smallest-group"),
    path("thermometer/board/", board.board, name="board"),
    path("thermometer/<uuid:run_uuid>/", thermometer.run, name="run"),
    path("thermometer/<uuid:run_uuid>/poster/", thermometer_share.wall, name="poster"),
    path("thermometer/<uuid:run_uuid>/table/", thermometer_share.table, name="table"),
    path("thermometer/<uuid:run_uuid>/open/", thermometer.open_, name="open"),
    path("thermometer/<uuid:run_uuid>/close/", thermometer.close, name="close"),
    path("thermometer/<uuid:run_uuid>/drop/", thermometer.drop, name="drop"),
    path("thermometer/<uuid:run_uuid>/repeat/", thermometer.repeat, name="repeat"),
    path("thermometer/<uuid:run_uuid>/share/", thermometer_share.share, name="share"),
    path("thermometer/<uuid:run_uuid>/count/", thermometer_share.count, name="count"),
    path("thermometer/<uuid:run_uuid>/paper/", thermometer_share.paper, name="paper"),
    path("thermometer/<uuid:run_uuid>/anew/", thermometer_share.anew, name="anew"),
]
