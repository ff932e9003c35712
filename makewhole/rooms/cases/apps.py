from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "makewhole.rooms.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Follow the treasury's payments, and keep disputed orders' money and sale as they are."""
        from makewhole.rooms.cases.service.following import RefundFollower, not_to_settle, sales_in_cases
        from makewhole.rooms.orders.ports import register_sale_guard
        from makewhole.rooms.treasury.ports import register_guard, register_listener

        register_listener(RefundFollower())
        register_guard(not_to_settle)
        register_sale_guard("cases", sales_in_cases)
