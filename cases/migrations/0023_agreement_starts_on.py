from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0022_no_image_on_incident'),
    ]

    operations = [
        migrations.AddField(
            model_name='agreement',
            name='starts_on',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.CheckConstraint(condition=models.Q(('starts_on__isnull', True), ('standing', True), _connector='OR'), name='agreement_begins_when_standing'),
        ),
    ]
