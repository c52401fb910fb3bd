# Points, measures and results leave their rows for pages below the plan and for `PlanResult`.
# No data is lost: the plan's last revision holds the rows as staff left them, and `setup_site` makes the pages from it
# (config/plan_pages.py). Run it after this migration, before the plan is saved again.

import django.db.models.deletion
import modelcluster.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('home', '0001_initial'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='planpoint',
            name='page',
        ),
        migrations.RemoveField(
            model_name='planindicator',
            name='result',
        ),
        migrations.RemoveField(
            model_name='planindicator',
            name='result_year',
        ),
        migrations.AddField(
            model_name='standardpage',
            name='consultation',
            field=models.CharField(blank=True, choices=[('foundation', 'founding an NPO corporation'), ('management', 'running a group'), ('accounting', 'accounting of a group'), ('grants', 'grants and fundraising'), ('experts', 'experts (accountant, tax, law)')], help_text='Only for the page of a consultation: it then shows the way to ask, and the form.', max_length=10, verbose_name='consultation'),
        ),
        migrations.AlterField(
            model_name='homepage',
            name='heading',
            field=models.CharField(blank=True, help_text="The large words beside today's leaf. A space says where a line may break.", max_length=80, verbose_name='heading'),
        ),
        migrations.AlterField(
            model_name='homepage',
            name='lead',
            field=models.CharField(blank=True, help_text='One sentence: what one finds here. Search engines show it too.', max_length=200, verbose_name='sentence under the heading'),
        ),
        migrations.AlterField(
            model_name='planindicator',
            name='unit',
            field=models.CharField(help_text='For example % or 点.', max_length=8, verbose_name='unit'),
        ),
        migrations.AlterField(
            model_name='planpage',
            name='goal',
            field=models.CharField(blank=True, help_text='The words of the plan for the town it aims at.', max_length=120, verbose_name='goal'),
        ),
        migrations.AlterField(
            model_name='planpage',
            name='is_finished',
            field=models.BooleanField(default=False, help_text='The page then says first that the plan is over.', verbose_name='the period is over'),
        ),
        migrations.AlterField(
            model_name='planpage',
            name='period',
            field=models.CharField(blank=True, help_text='With its fiscal years, for example 2018〜2025年度.', max_length=80, verbose_name='period'),
        ),
        migrations.AlterField(
            model_name='planpage',
            name='source',
            field=models.CharField(blank=True, help_text='Title and date of the paper that all figures of this page come from.', max_length=200, verbose_name='source'),
        ),
        migrations.CreateModel(
            name='PlanResult',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sort_order', models.IntegerField(blank=True, editable=False, null=True)),
                ('year', models.PositiveSmallIntegerField(verbose_name='fiscal year')),
                ('value', models.DecimalField(decimal_places=1, max_digits=6, verbose_name='value')),
                ('source', models.CharField(blank=True, help_text='Where the city published it, with its date.', max_length=200, verbose_name='source')),
                ('indicator', modelcluster.fields.ParentalKey(on_delete=django.db.models.deletion.CASCADE, related_name='results', to='home.planindicator')),
            ],
            options={
                'verbose_name': 'result',
                'verbose_name_plural': 'results',
                'ordering': ['sort_order'],
                'abstract': False,
            },
        ),
        migrations.DeleteModel(
            name='PlanMeasure',
        ),
        migrations.DeleteModel(
            name='PlanPoint',
        ),
    ]
