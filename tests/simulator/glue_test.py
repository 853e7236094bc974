import harness
from harness import BETA, Case


class Glue(Case):
    def test_tables(self):
        glue = self.client("glue")
        table = {"Name": "orders", "TableType": "EXTERNAL_TABLE", "Parameters": {"a": "1"}}
        self.refused("EntityNotFoundException", glue.create_table, DatabaseName="shop", TableInput=table)
        glue.create_database(DatabaseInput={"Name": "shop"})
        glue.create_table(DatabaseName="shop", TableInput=table)
        self.refused("AlreadyExistsException", glue.create_table, DatabaseName="shop", TableInput=table)
        read = glue.get_table(DatabaseName="shop", Name="orders")["Table"]
        self.assertEqual((read["DatabaseName"], read["CatalogId"], read["Parameters"]), ("shop", BETA, {"a": "1"}))
        glue.update_table(DatabaseName="shop", TableInput={"Name": "orders", "Description": "all"})
        read = glue.get_table(DatabaseName="shop", Name="orders")["Table"]
        self.assertEqual((read["Description"], "TableType" in read), ("all", False))
        glue.delete_table(DatabaseName="shop", Name="orders")
        for call in (glue.get_table, glue.delete_table):
            self.refused("EntityNotFoundException", call, DatabaseName="shop", Name="orders")


if __name__ == "__main__":
    harness.main()
