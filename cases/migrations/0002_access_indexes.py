import django.db.models.deletion
from django.db import migrations, models

# What PostgreSQL can and Django has no word for: a primary key that carries valid_until, and a vacuum that
# keeps up, because a page reads the index alone only where the visibility map is fresh.
COVERING_KEY = [
    "ALTER TABLE cases_access DROP CONSTRAINT cases_access_pkey",
    "ALTER TABLE cases_access ADD CONSTRAINT cases_access_pkey"
    " PRIMARY KEY (principal_id, case_id, level) INCLUDE (valid_until)",
    "ALTER TABLE cases_access SET (autovacuum_vacuum_insert_scale_factor = 0.02,"
    " autovacuum_vacuum_scale_factor = 0.02)",
]
PLAIN_KEY = [
    "ALTER TABLE cases_access RESET (autovacuum_vacuum_insert_scale_factor,"
    " autovacuum_vacuum_scale_factor)",
    "ALTER TABLE cases_access DROP CONSTRAINT cases_access_pkey",
    "ALTER TABLE cases_access ADD CONSTRAINT cases_access_pkey"
    " PRIMARY KEY (principal_id, case_id, level)",
]


def covering_key(apps, schema_editor):
    on_postgres(schema_editor, COVERING_KEY)


def plain_key(apps, schema_editor):
    on_postgres(schema_editor, PLAIN_KEY)


def on_postgres(schema_editor, statements):
    if schema_editor.connection.vendor == "postgresql":
        for statement in statements:
            schema_editor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0001_initial'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='access',
            name='access_page',
        ),
        migrations.RemoveIndex(
            model_name='access',
            name='access_closed',
        ),
        migrations.AlterField(
            model_name='access',
            name='principal',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cases.principal'),
        ),
        migrations.AddIndex(
            model_name='access',
            index=models.Index(condition=models.Q(('is_open', True), ('level__gte', 10)), fields=['principal', '-opened_at', '-case'], include=('level', 'valid_until'), name='access_page'),
        ),
        migrations.AddIndex(
            model_name='access',
            index=models.Index(condition=models.Q(('is_open', False), ('level__gte', 10)), fields=['principal', '-opened_at', '-case'], include=('level', 'valid_until'), name='access_closed'),
        ),
        migrations.RunPython(covering_key, plain_key),
    ]
