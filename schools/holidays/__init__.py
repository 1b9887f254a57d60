"""Official school holidays and closed days, as plain dates. Ask `official`; rows and models live elsewhere."""
