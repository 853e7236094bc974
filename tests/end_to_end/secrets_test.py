#!/usr/bin/env python3
"""Secrets that a template makes: what they hold reaches Secrets Manager, and neither plan nor ledger nor log."""
import json
import unittest

import changes_test
from changes_test import ACCOUNT, function, name, resource, role

CLEAR, OTHER = "hunter2-Zm9vYmFy", "sesame-cXV1eA"


def secret(**properties):
    return resource("SecretsManager::Secret", dict({"Name": "db"}, **properties))


class Secrets(changes_test.Changes):
    def held(self):
        return self.client("secretsmanager").get_secret_value(SecretId="db")["SecretString"]

    def versions(self):
        return len(self.client("secretsmanager").describe_secret(SecretId="db")["VersionIdsToStages"])

    def nobody_shows(self, *texts):
        """Neither the ledger, with all that was ever in it, nor what the commands print."""
        said = [self.repository.git("log", "-p", f"refs/plumb/{ACCOUNT}")]
        for command in ("plan", "drift", "status"):
            said.append(self.repository.plumb(self.account, command).stdout)
        said.append(json.dumps(self.repository.json(self.account, "plan")))
        for text in texts:
            for one in said:
                self.assertNotIn(text, one)

    def test_a_text_of_the_template(self):
        self.commit({"Secret": secret(SecretString=json.dumps({"password": CLEAR}))})
        self.assertNotIn(CLEAR, json.dumps(self.repository.json(self.account, "plan")))
        self.apply()
        self.assertEqual(json.loads(self.held()), {"password": CLEAR})
        self.in_sync()
        self.nobody_shows(CLEAR)
        self.commit({"Secret": secret(SecretString=OTHER)})
        self.assertEqual([line.split(":")[0] for line in self.plan()], ["update Secret", "  SecretString"])
        self.nobody_shows(CLEAR, OTHER)
        self.apply()
        self.assertEqual(self.held(), OTHER)
        self.in_sync()
        self.nobody_shows(CLEAR, OTHER)

    def test_a_rotated_secret_is_left_alone(self):
        self.release({"Secret": secret(SecretString=CLEAR)})
        self.client("secretsmanager").put_secret_value(SecretId="db", SecretString=OTHER)
        self.in_sync()
        self.release({"Secret": secret(SecretString=CLEAR, Description="of the orders")})
        self.assertEqual(self.held(), OTHER)
        self.in_sync()

    def test_a_generated_password(self):
        rules = {"SecretStringTemplate": '{"user":"admin"}', "GenerateStringKey": "password", "PasswordLength": 40,
                 "ExcludePunctuation": True}
        resources = {"Secret": secret(GenerateSecretString=rules), "Role": role(), "Function": function(
            Environment={"Variables": {"PASSWORD": {"Fn::Sub": "{{resolve:secretsmanager:${Secret}:SecretString:password}}"}}})}
        self.release(resources)
        first = json.loads(self.held())
        self.assertEqual((first["user"], len(first["password"])), ("admin", 40))
        live = self.client("lambda").get_function_configuration(FunctionName=name("Function"))
        self.assertEqual(live["Environment"]["Variables"]["PASSWORD"], first["password"])
        self.in_sync()
        resources["Secret"]["Properties"]["Description"] = "of the orders"
        self.release(resources)
        self.assertEqual(json.loads(self.held()), first)
        rules["PasswordLength"] = 20
        self.release(resources)
        second = json.loads(self.held())
        self.assertEqual((second["user"], len(second["password"]), self.versions()), ("admin", 20, 2))
        self.nobody_shows(first["password"], second["password"])

    def test_a_deleted_secret_keeps_its_name(self):
        self.release({"Secret": secret(SecretString=CLEAR), "Topic": changes_test.topic()})
        allow = {"delete": ["Secret"], "manyDeletes": True}
        self.release({"Topic": changes_test.topic()}, allow=allow)
        said = self.release({"Secret": secret(SecretString=OTHER), "Topic": changes_test.topic()}, expect=1).stdout
        self.assertIn("aws secretsmanager restore-secret --secret-id db", said)
        self.client("secretsmanager").restore_secret(SecretId="db")
        self.apply()
        self.assertEqual(self.held(), CLEAR)

    def test_a_parameter_that_nobody_shows(self):
        template = {"Parameters": {"Password": {"Type": "String", "NoEcho": True}}}
        resources = {"Secret": secret(SecretString={"Fn::Sub": "p:${Password}"})}
        self.release(resources, parameters={"Password": CLEAR}, **template)
        self.assertEqual(self.held(), "p:" + CLEAR)
        self.in_sync()
        resources["Secret"]["Properties"]["Description"] = "of the orders"
        self.release(resources, parameters={"Password": CLEAR}, **template)
        self.assertEqual(self.versions(), 1)
        self.release(resources, parameters={"Password": OTHER}, **template)
        self.assertEqual((self.held(), self.versions()), ("p:" + OTHER, 2))
        self.in_sync()
        self.nobody_shows(CLEAR, OTHER)


class MadeByTheSameTemplate(changes_test.Changes):
    """What asks for a parameter or a secret by its plain name comes after what makes it."""

    def variables(self):
        live = self.client("lambda").get_function_configuration(FunctionName=name("A"))
        return live["Environment"]["Variables"]

    def test_references(self):
        resources = {
            "Role": role(),
            "A": function(Environment={"Variables": {
                "URL": "https://{{resolve:ssm:/orders/url}}/", "PASSWORD": "{{resolve:secretsmanager:db:SecretString:password}}"}}),
            "Url": resource("SSM::Parameter", {"Name": "/orders/url", "Type": "String", "Value": "a.example.com"}),
            "Secret": secret(SecretString=json.dumps({"password": CLEAR}))}
        self.release(resources)
        self.assertEqual(self.variables(), {"URL": "https://a.example.com/", "PASSWORD": CLEAR})
        self.in_sync()
        resources["Url"]["Properties"]["Value"] = "b.example.com"
        self.release(resources)
        self.apply()  # the parameter's new value is a change of its own
        self.assertEqual(self.variables()["URL"], "https://b.example.com/")
        self.in_sync()

    def test_a_parameter_of_the_template_cannot_wait(self):
        self.commit({"Url": resource("SSM::Parameter", {"Name": "/orders/url", "Type": "String", "Value": "a"}),
                     "Topic": changes_test.topic(DisplayName={"Ref": "Given"})},
                    Parameters={"Given": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/orders/url"}})
        said = self.repository.plumb(self.account, "plan", expect=1).stderr
        self.assertIn("parameter 'Given' takes its value from the SSM parameter '/orders/url', which this template "
                      "makes as 'Url', and parameters are read before anything is made: use "
                      "'{{resolve:ssm:/orders/url}}' where the value is needed", said)


if __name__ == "__main__":
    unittest.main(verbosity=2)
