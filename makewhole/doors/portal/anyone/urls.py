from django.urls import URLPattern, URLResolver

app_name = "anyone"

urlpatterns: list[URLPattern | URLResolver] = []
