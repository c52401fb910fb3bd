import pytest
def test_base(tree, client):
    for a in ["/", "/services/", "/plan/"]:
        r = client.get(a)
        assert r.status_code == 200
        print(a, len(r.content))
    print(r.content.decode()[:6000])
