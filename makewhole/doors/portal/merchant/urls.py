from django.urls import URLPattern, URLResolver

app_name = "merchant"

urlpatterns: list[URLPattern | URLResolver] = []
