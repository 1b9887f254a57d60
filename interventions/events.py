"""Audit verbs of this app. Answering is none: nobody may read who did."""

RUN_PREPARED = "thermometer_prepared"
RUN_OPENED = "thermometer_opened"
CODES_RENEWED = "thermometer_codes_renewed"
RUN_CLOSED = "thermometer_closed"
RUN_DROPPED = "thermometer_dropped"
