"""Where the dataset's categories stand in makewhole's tree. What is not listed stands under `other`."""

TREE: dict[str, tuple[str, ...]] = {
    "appliance": (
        "air_conditioning", "home_appliances", "home_appliances_2", "small_appliances",
        "small_appliances_home_oven_and_coffee", "portateis_cozinha_e_preparadores_de_alimentos",
    ),
    "books": ("books_general_interest", "books_imported", "books_technical"),
    "clothing": (
        "fashio_female_clothing", "fashion_bags_accessories", "fashion_childrens_clothes", "fashion_male_clothing",
        "fashion_shoes", "fashion_sport", "fashion_underwear_beach", "luggage_accessories",
    ),
    "cosmetics": ("health_beauty", "perfumery"),
    "electronics": (
        "audio", "cine_photo", "consoles_games", "electronics", "fixed_telephony", "tablets_printing_image",
    ),
    "electronics/computer": ("computers", "computers_accessories", "pc_gamer"),
    "electronics/phone": ("telephony",),
    "food": ("drinks", "food", "food_drink", "la_cuisine"),
    "fresh": ("flowers",),
    "home": (
        "bed_bath_table", "christmas_supplies", "construction_tools_construction", "construction_tools_lights",
        "construction_tools_safety", "costruction_tools_garden", "costruction_tools_tools", "furniture_bedroom",
        "furniture_decor", "furniture_living_room", "furniture_mattress_and_upholstery", "garden_tools",
        "home_comfort_2", "home_confort", "home_construction", "housewares",
        "kitchen_dining_laundry_garden_furniture", "office_furniture", "party_supplies",
    ),
    "hygiene": ("diapers_and_hygiene",),
    "toys": ("baby", "toys"),
}  # fmt: skip

_HOUSE = {category: path for path, categories in TREE.items() for category in categories}


def path_of(category: str) -> str:
    """The path of a category of the dataset, such as `toys/baby`; the dataset's own word is its last step.

    A word that is the path's own last step is not repeated: `food`, not `food/food`.
    """
    house = _HOUSE.get(category, "other")
    return house if not category or house.rsplit("/", 1)[-1] == category else f"{house}/{category}"
