import django.db.models.deletion
import pestzorg.crypto.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0024_sitting_version'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='leadchange',
            name='reason',
            field=models.CharField(choices=[('chosen', 'Handed over'), ('gone', 'The former lead no longer works in this case')], default='chosen', max_length=6),
        ),
        migrations.AlterField(
            model_name='leadchange',
            name='changed_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='leadchange',
            name='handover_note',
            field=pestzorg.crypto.fields.EncryptedTextField(blank=True, max_length=2000),
        ),
    ]
