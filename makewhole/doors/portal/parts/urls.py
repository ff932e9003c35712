from django.urls import URLPattern, URLResolver

app_name = "parts"

urlpatterns: list[URLPattern | URLResolver] = []
