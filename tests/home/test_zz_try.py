import pytest
def test_base(tree, client, django_assert_max_num_queries):
    for a in ["/", "/services/", "/plan/", "/search/", "/search/?q=助成金", "/nowhere/", "/"]:
        with django_assert_max_num_queries(90) as q:
            r = client.get(a)
        print(a, r.status_code, len(r.content), len(q))
    for x in q.captured_queries: print(x["sql"][:250])
