import time, statistics
import pytest
from django.utils import timezone
from center.models import OutgoingMail
from newsletter.models import *
from newsletter.subscribers import *
@pytest.mark.django_db
def test_many():
    now=timezone.now(); t=time.time()
    kw=dict(locale="ja",format="html",topics=[],words_version="v",page="/mail/",now=now)
    for _ in range(10000): request_subscription(email="hanako@example.jp",**kw)
    print("\n10k", OutgoingMail.objects.count(), ConsentEvent.objects.count(), round(time.time()-t,1),"s")
    suppress_address(email_norm="s@example.jp",reason="asked",source="",now=now)
    for who in ("new{}@example.jp","s@example.jp"):
        ts=[]
        for n in range(3):
            t=time.perf_counter(); request_subscription(email=who.format(n),**kw); ts.append(1000*(time.perf_counter()-t))
        print(who,[round(x,1) for x in ts],"ms")
