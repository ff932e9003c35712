from django.apps import AppConfig


class TreasuryConfig(AppConfig):
    name = "makewhole.rooms.treasury"
    label = "treasury"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from makewhole.rooms.orders.ports import register_sale_guard
        from makewhole.rooms.treasury.service import sales_in_use

        register_sale_guard("treasury", sales_in_use)
