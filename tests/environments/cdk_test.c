#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tree_cases.h"

#define MANIFEST_OF(version, more, artifacts)                                                                \
    "{\"version\": \"" version "\"" more ", \"artifacts\": {" artifacts "}}"
#define MANIFEST(artifacts)                                                                                  \
    {                                                                                                        \
        "app/cdk.out/manifest.json", MANIFEST_OF("55.0.0", "", artifacts), false                             \
    }
#define FILE_OF(name, text)                                                                                  \
    {                                                                                                        \
        "app/cdk.out/" name, text, false                                                                     \
    }
#define IN "aws://unknown-account/unknown-region"
#define STACK_IN(environment, id, more, properties)                                                          \
    "\"" id "\": {\"type\": \"aws:cloudformation:stack\", \"environment\": \"" environment "\"" more         \
    ", \"properties\": {\"templateFile\": \"" id ".json\"" properties "}}"
#define STACK(id) STACK_IN(IN, id, "", "")
#define TEMPLATE(id, text) FILE_OF(id ".json", text)
#define ONE(id) TEMPLATE(id, "{\"Resources\": {\"R\": {\"Type\": \"X\"}}}")
#define STAGE(id, directory)                                                                                 \
    "\"" id "\": {\"type\": \"cdk:cloud-assembly\", \"properties\": {\"directoryName\": \"" directory "\"}}"
#define ASSETS(id)                                                                                           \
    "\"" id "\": {\"type\": \"cdk:asset-manifest\", \"properties\": {\"file\": \"" id ".json\"}}"
#define IGNORED                                                                                              \
    "\"Tree\": {\"type\": \"cdk:tree\"}, \"Flags\": {\"type\": \"cdk:feature-flag-report\"}, "               \
    "\"No\": {\"type\": \"none\"}"

static const struct tree_case loads[] = {
    /* One stack is a template like any other, but has its own name; other artifacts say nothing. */
    {{MANIFEST(STACK_IN(IN, "S", "", ", \"stackName\": \"shop\"") ", " IGNORED),
      TEMPLATE("S", "{\"Resources\": {\"R\": {\"Type\": \"X\", \"Properties\": {\"N\": {\"Ref\": "
                    "\"AWS::StackName\"}}}}}")},
     .wanted = "R {\"N\":\"shop\"};"},
    {{{"app/cdk.out/manifest.json", MANIFEST_OF("17.3.1", ", \"runtime\": {}", STACK("S")), false}, ONE("S")},
     .wanted = "R;"},
    /* Parameters: the application's win, then the manifest's, then the template's. */
    {{MANIFEST(STACK_IN(IN, "S", "", ", \"parameters\": {\"A\": \"manifest\", \"B\": \"manifest\"}")),
      TEMPLATE("S", "{\"Parameters\": {\"A\": {\"Type\": \"String\"}, \"B\": {\"Type\": \"String\"}},"
                    " \"Resources\": {\"R\": {\"Type\": \"X\", \"Properties\": {\"A\": {\"Ref\": \"A\"}, "
                    "\"B\": {\"Ref\": "
                    "\"B\"}}}}}")},
     .wanted = "R {\"A\":\"application\",\"B\":\"manifest\"};",
     .parameters = "{A: application}"},
    /* The check of the bootstrap stack's version is CDK's own; another look at it is the template's. */
    {{MANIFEST(STACK_IN(IN, "S", "", ", \"bootstrapStackVersionSsmParameter\": \"/v\"")),
      TEMPLATE(
          "S",
          "{\"Parameters\": {\"V\": {\"Type\": \"AWS::SSM::Parameter::Value<String>\", \"Default\": \"/v\"}},"
          " \"Rules\": {\"C\": {\"Assertions\": [{\"Assert\": {\"Fn::Contains\": [[\"6\"], {\"Ref\": "
          "\"V\"}]}}]}},"
          " \"Resources\": {\"R\": {\"Type\": \"X\"}}}")},
     .wanted = "R;"},
    /* Several stacks: a stack comes after those that it depends on, also by way of its assets; exports
       resolve. */
    {{MANIFEST(STACK_IN(IN, "Two", ", \"dependencies\": [\"Two.assets\"]", "") ", " STACK(
          "One") ", \"Two.assets\": {\"type\": \"none\", \"dependencies\": [\"One\"]}"),
      TEMPLATE("One",
               "{\"Resources\": {\"Q\": {\"Type\": \"X\"}, \"P\": {\"Type\": \"X\"}}, \"Outputs\": {\"O\": "
               "{\"Value\": {\"Ref\": \"Q\"}, \"Export\": {\"Name\": \"One:Q\"}}}}"),
      TEMPLATE("Two",
               "{\"Resources\": {\"R\": {\"Type\": \"X\", \"Properties\": {\"N\": {\"Fn::ImportValue\": "
               "\"One:Q\"}}}}, \"Outputs\": {\"O\": {\"Value\": \"o\"}}}")},
     .wanted = "OneQ; OneP; TwoR {\"N\":{\"Ref\":\"OneQ\"}} <- OneP,OneQ; "
               "{\"OneO\":{\"Value\":{\"Ref\":\"OneQ\"},\"Export\":{\"Name\":\"One:Q\"}},\"TwoO\":{\"Value\":"
               "\"o\"}}"},
    /* An output by the names of stack and output, where no export is wanted. */
    {{MANIFEST(STACK("One") ", " STACK("Two")),
      TEMPLATE(
          "One",
          "{\"Resources\": {\"Q\": {\"Type\": \"X\"}}, \"Outputs\": {\"O\": {\"Value\": {\"Ref\": \"Q\"}}}}"),
      TEMPLATE(
          "Two",
          "{\"Resources\": {\"R\": {\"Type\": \"X\", \"Properties\": {\"A\": {\"Fn::GetStackOutput\": "
          "{\"StackName\": \"One\", \"OutputName\": \"O\"}}, \"B\": {\"Fn::GetStackOutput\": {\"StackName\": "
          "\"One\", \"OutputName\": \"O\", \"Region\": \"us-east-1\"}}}}}}")},
     .wanted =
         "OneQ; TwoR "
         "{\"A\":{\"Ref\":\"OneQ\"},\"B\":{\"Fn::GetStackOutput\":{\"StackName\":\"One\",\"OutputName\":"
         "\"O\",\"Region\":\"us-east-1\"}}} <- OneQ; {\"OneO\":{\"Value\":{\"Ref\":\"OneQ\"}}}"},
/* One of several, by id, name, display name, or the end of that. */
#define TWO_NAMED                                                                                            \
    {                                                                                                        \
        MANIFEST(STACK_IN(IN, "One", "", ", \"stackName\": \"first\"") ", " STACK_IN(                        \
            IN, "Two", ", \"displayName\": \"Shop/Second\"", "")),                                           \
            ONE("One"), TEMPLATE("Two", "{\"Resources\": {\"T\": {\"Type\": \"X\"}}}")                       \
    }
    {TWO_NAMED, .wanted = "R;", .stack = "One"},
    {TWO_NAMED, .wanted = "R;", .stack = "first"},
    {TWO_NAMED, .wanted = "T;", .stack = "Shop/Second"},
    {TWO_NAMED, .wanted = "T;", .stack = "Second"},
    /* Names with other signs than letters and digits; parameters reach the stacks that declare them. */
    {{MANIFEST(STACK("my-a") ", " STACK("mya")), ONE("my-a"),
      TEMPLATE("mya",
               "{\"Parameters\": {\"P\": {\"Type\": \"String\"}}, \"Resources\": {\"R\": {\"Type\": \"X\", "
               "\"Properties\": {\"P\": {\"Ref\": \"P\"}}}}}")},
     .wanted = "myaR; myae99b8b44R {\"P\":\"p\"};",
     .parameters = "{P: p}"},
    /* A stack without resources is not deployed, and hands its place on. */
    {{MANIFEST(STACK("A") ", " STACK_IN(IN, "Empty", ", \"dependencies\": [\"A\"]",
                                        "") ", " STACK_IN(IN, "B", ", \"dependencies\": [\"Empty\"]", "")),
      ONE("A"), ONE("B"), TEMPLATE("Empty", "{\"Parameters\": {}}")},
     .wanted = "AR; BR <- AR;"},
    {{MANIFEST(STACK("A") ", " STACK("Empty")), ONE("A"), TEMPLATE("Empty", "{}")}, .wanted = "R;"},
    /* What CDK tells AWS of the constructs in use is no resource. */
    {{MANIFEST(STACK("A") ", " STACK("M")),
      TEMPLATE(
          "A",
          "{\"Resources\": {\"R\": {\"Type\": \"X\"}, \"CDKMetadata\": {\"Type\": \"AWS::CDK::Metadata\"}}}"),
      TEMPLATE("M", "{\"Resources\": {\"CDKMetadata\": {\"Type\": \"AWS::CDK::Metadata\"}}}")},
     .wanted = "R;"},
    /* Environments that fit; without an account nothing is compared. */
    {{MANIFEST(STACK_IN("aws://123456789012/eu-west-1", "S", "", "")), ONE("S")}, .wanted = "R;"},
    {{MANIFEST(STACK_IN("aws://999999999999/us-east-1", "S", "", "")), ONE("S")},
     .wanted = "R;",
     .offline = true},
};

static void loads_stacks(void **state)
{
    (void)state;
    check_trees("app/cdk.out", loads, ARRAY_LENGTH(loads));
    check_trees("app/cdk.out/manifest.json", loads, ARRAY_LENGTH(loads));
}

static const struct tree_case prints[] = {
    {{MANIFEST(STACK("S")), ONE("S")}, .wanted = "{\"Resources\":{\"R\":{\"Type\":\"X\"}}}"},
    {TWO_NAMED, .wanted = "{\"first\":{\"Resources\":{\"R\":{\"Type\":\"X\"}}},\"Two\":{\"Resources\":{\"T\":"
                          "{\"Type\":\"X\"}}}}"},
    {TWO_NAMED, .wanted = "{\"Resources\":{\"T\":{\"Type\":\"X\"}}}", .stack = "Two"},
};

static void prints_templates(void **state)
{
    (void)state;
    check_transforms("app/cdk.out", prints, ARRAY_LENGTH(prints));
}

#define STAGES                                                                                               \
    MANIFEST(STAGE("assembly-Shop-Beta", "assembly-Shop-Beta") ", " STAGE("assembly-ProdStage", "p"))
#define STAGE_FILES                                                                                          \
    {"app/cdk.out/assembly-Shop-Beta/manifest.json", MANIFEST_OF("55.0.0", "", STACK("S")), false},          \
        {"app/cdk.out/assembly-Shop-Beta/S.json", "{\"Resources\": {\"Beta\": {\"Type\": \"X\"}}}", false},  \
        {"app/cdk.out/p/manifest.json", MANIFEST_OF("55.0.0", "", STACK("S")), false},                       \
    {                                                                                                        \
        "app/cdk.out/p/S.json", "{\"Resources\": {\"Prod\": {\"Type\": \"X\"}}}", false                      \
    }

static const struct tree_case stages[] = {
    {{STAGES, STAGE_FILES}, .wanted = "Prod;", .stage = "prod"},
    {{STAGES, STAGE_FILES}, .wanted = "Prod;", .stage = "ProdStage"},
    {{STAGES, STAGE_FILES}, .wanted = "Prod;", .stage = "prod-stage"},
    {{STAGES, STAGE_FILES}, .wanted = "Beta;", .stage = "Shop-Beta"},
    {{STAGES, STAGE_FILES},
     .wanted = "no stage of the cloud assembly is named 'gamma': there are 'Shop-Beta', 'ProdStage'; set the "
               "environment's 'stage' to one of them (app/cdk.out/manifest.json:1:36)",
     .stage = "gamma"},
    {{STAGES, STAGE_FILES},
     .wanted = "the cloud assembly has the stages 'Shop-Beta', 'ProdStage': name one with --stage "
               "(app/cdk.out/manifest.json:1:36)",
     .offline = true},
    /* The pipeline beside its stages is taken by its name. */
    {{MANIFEST(STAGE("assembly-Beta", "b") ", " STACK("Pipeline")), ONE("Pipeline")},
     .wanted = "R;",
     .stage = "Prod",
     .stack = "Pipeline"},
    {{MANIFEST(STAGE("assembly-Beta", "b") ", " STACK("Pipeline")), ONE("Pipeline")},
     .wanted = "R;",
     .offline = true},
    {{MANIFEST(STAGE("assembly-Beta", "b") ", " STACK("Pipeline")), ONE("Pipeline")},
     .wanted = "no stage of the cloud assembly is named 'Prod': there are 'Beta'; set the environment's "
               "'stage' to one of them (app/cdk.out/manifest.json:1:36)",
     .stage = "Prod"},
    {{MANIFEST(STAGE("assembly-Beta", "b") ", " STACK("Pipeline")),
      ONE("Pipeline"),
      {"app/cdk.out/b/manifest.json", MANIFEST_OF("55.0.0", "", STACK("S")), false},
      {"app/cdk.out/b/S.json", "{}", false}},
     .wanted = "R;",
     .stage = "Beta",
     .stack = "Pipeline"},
    {{MANIFEST(STAGE("assembly-Beta", "b") ", " STACK("Pipeline")),
      ONE("Pipeline"),
      {"app/cdk.out/b/manifest.json", MANIFEST_OF("55.0.0", "", STACK("S")), false},
      {"app/cdk.out/b/S.json", "{}", false}},
     .wanted = "the cloud assembly has no stack 'Pipelines' (app/cdk.out/b/manifest.json:1:36)",
     .stage = "Beta",
     .stack = "Pipelines"},
    /* A display name tells where the id does not. */
    {{MANIFEST("\"x\": {\"type\": \"cdk:cloud-assembly\", \"displayName\": \"Shop/Prod\", \"properties\": "
               "{\"directoryName\": \"p\"}}"),
      {"app/cdk.out/p/manifest.json", MANIFEST_OF("55.0.0", "", STACK("S")), false},
      {"app/cdk.out/p/S.json", "{\"Resources\": {\"Prod\": {\"Type\": \"X\"}}}", false}},
     .wanted = "Prod;",
     .stage = "Prod"},
    {{MANIFEST(STAGE("Prod", "a") ", " STAGE("assembly-prod", "b"))},
     .wanted = "more than one stage of the cloud assembly is named 'Prod': there are 'Prod', 'prod' "
               "(app/cdk.out/manifest.json:1:36)",
     .stage = "Prod"},
    /* An assembly that holds itself. */
    {{MANIFEST(STAGE("Prod", "../cdk.out"))},
     .wanted =
         "the stages of the cloud assembly are nested more than 8 deep (app/cdk.out/manifest.json:1:45)",
     .stage = "Prod"},
    {{MANIFEST(STAGE("Prod", "../../.."))},
     .wanted = "stage 'Prod': 'directoryName' of artifact 'Prod' must be a path in the repository, not "
               "'../../..' (app/cdk.out/manifest.json:1:108)",
     .stage = "Prod"},
};

static void chooses_the_stage(void **state)
{
    (void)state;
    check_trees("app/cdk.out", stages, ARRAY_LENGTH(stages));
}

#define H1 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define H2 "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define BUCKET "cdk-x-assets-${AWS::AccountId}-${AWS::Region}"
#define FILE_ASSET(id, path, packaging, key)                                                                 \
    "\"" id "\": {\"source\": {\"path\": \"" path "\", \"packaging\": \"" packaging                          \
    "\"}, \"destinations\": {\"here\": {\"bucketName\": \"" BUCKET "\", \"objectKey\": \"" key "\"}}}"
#define WITH_ASSETS MANIFEST(STACK_IN(IN, "S", ", \"dependencies\": [\"A\"]", "") ", " ASSETS("A"))
#define ASSET_FILE(files, images)                                                                            \
    FILE_OF("A.json", "{\"version\": \"55.0.0\", \"files\": {" files "}, \"dockerImages\": {" images "}}")
#define NESTED_STACK(url)                                                                                    \
    TEMPLATE("S", "{\"Resources\": {\"In\": {\"Type\": \"AWS::CloudFormation::Stack\", \"Properties\": "     \
                  "{\"TemplateURL\": " url "}}}}")

static const struct tree_case assets[] = {
    /* Files that the templates name; not the template itself. */
    {{WITH_ASSETS, ONE("S"),
      ASSET_FILE(FILE_ASSET(H1, "asset.a", "zip", H1 ".zip") ", " FILE_ASSET(
                     H2, "b.txt", "file",
                     "p/b.txt") ", " FILE_ASSET("c", "S.json", "file",
                                                "c.json") ", " FILE_ASSET("d", "d", "zip", "d.zip"),
                 ""),
      FILE_OF("asset.a/index.js", "x"), FILE_OF("b.txt", "b")},
     .wanted = "R; cdk-x-assets-123456789012-eu-west-1/" H1 ".zip <- app/cdk.out/asset.a (zip); "
               "cdk-x-assets-123456789012-eu-west-1/p/b.txt <- app/cdk.out/b.txt (file); "
               "cdk-x-assets-123456789012-eu-west-1/d.zip <- app/cdk.out/d (gone);"},
    {{WITH_ASSETS, ONE("S"), ASSET_FILE(FILE_ASSET("d", "d", "zip", "d.zip"), "")},
     .wanted =
         "R; "
         "{\"Fn::Join\":[\"\",[\"cdk-x-assets-\",{\"Ref\":\"AWS::AccountId\"},\"-\",\"eu-west-1\"]]}/d.zip "
         "<- app/cdk.out/d (gone);",
     .offline = true},
    /* A nested stack is read, wherever it would lie. */
    {{WITH_ASSETS,
      NESTED_STACK("{\"Fn::Join\": [\"\", [\"https://s3.\", {\"Ref\": \"AWS::Region\"}, \"/" BUCKET "/" H1
                   ".json\"]]}"),
      ASSET_FILE(FILE_ASSET(H1, "In.nested.template.json", "file", H1 ".json"), ""),
      FILE_OF("In.nested.template.json", "{\"Resources\": {\"R\": {\"Type\": \"X\"}}}")},
     .wanted = "InR;"},
    {{WITH_ASSETS, NESTED_STACK("{\"Ref\": \"AWS::Region\"}"), ASSET_FILE("", "")},
     .wanted = "nested stack 'In': its template is not in the repository: commit it and give its path as "
               "'TemplateURL' (app/cdk.out/S.json:1:91)"},
    /* The legacy synthesizer's parameters are filled in. */
    {{MANIFEST(STACK_IN(
          IN, "S",
          ", \"metadata\": {\"/S\": [{\"type\": \"aws:cdk:asset\", \"data\": {\"path\": \"asset.a\", \"id\": "
          "\"" H1 "\", \"packaging\": \"zip\", \"sourceHash\": \"" H1
          "\", \"s3BucketParameter\": \"AssetParametersB\", \"s3KeyParameter\": \"AssetParametersK\", "
          "\"artifactHashParameter\": \"AssetParametersH\"}}]}",
          "")),
      TEMPLATE(
          "S",
          "{\"Parameters\": {\"AssetParametersB\": {\"Type\": \"String\"}, \"AssetParametersK\": {\"Type\": "
          "\"String\"}, \"AssetParametersH\": {\"Type\": \"String\"}}, \"Resources\": {\"R\": {\"Type\": "
          "\"X\", "
          "\"Properties\": {\"B\": {\"Ref\": \"AssetParametersB\"}, \"K\": {\"Fn::Select\": [1, "
          "{\"Fn::Split\": "
          "[\"||\", {\"Ref\": \"AssetParametersK\"}]}]}}}}}")},
     .wanted = "R {\"B\":\"cdk-hnb659fds-assets-123456789012-eu-west-1\",\"K\":\"" H1 ".zip\"}; "
               "cdk-hnb659fds-assets-123456789012-eu-west-1/" H1 ".zip <- app/cdk.out/asset.a (gone);"},
    /* Images that a resource names, unless by digest. */
    {{WITH_ASSETS,
      TEMPLATE("S", "{\"Resources\": {\"R\": {\"Type\": \"X\", \"Properties\": {\"I\": \"x:" H1 "\"}}}}"),
      ASSET_FILE(
          "",
          "\"a\": {\"source\": {\"directory\": \"d\", \"dockerBuildArgs\": {}}, \"destinations\": {\"x\": "
          "{\"repositoryName\": \"r\", \"imageTag\": \"" H1 "\"}}},"
          "\"b\": {\"source\": {}, \"destinations\": {\"x\": {\"repositoryName\": \"r\", \"imageTag\": \"" H2
          "\"}}}")},
     .wanted = "R {\"I\":\"x:" H1 "\"}; image " H1 ";"},
    /* Nothing is run, and nothing outside is read. */
    {{WITH_ASSETS, ONE("S"),
      ASSET_FILE("\"a\": {\"source\": {\"executable\": [\"sh\", \"-c\", \"id\"], \"packaging\": \"zip\"}, "
                 "\"destinations\": {}}",
                 "")},
     .wanted = "asset 'a' is made by a command ('executable'), and plumb runs no code of a repository: "
               "commit what the command makes, as an asset of a file or directory (app/cdk.out/A.json:1:49)"},
    {{WITH_ASSETS, ONE("S"), ASSET_FILE(FILE_ASSET("a", "../../../etc/passwd", "file", "k"), "")},
     .wanted = "'path' of asset 'a' must be a path in the repository, not '../../../etc/passwd' "
               "(app/cdk.out/A.json:1:58)"},
    {{WITH_ASSETS, ONE("S"), ASSET_FILE(FILE_ASSET("a", "/etc/passwd", "file", "k"), "")},
     .wanted =
         "'path' of asset 'a' must be a path in the repository, not '/etc/passwd' (app/cdk.out/A.json:1:58)"},
    {{WITH_ASSETS, ONE("S"), ASSET_FILE(FILE_ASSET("a", "d", "tar", "k"), "")},
     .wanted = "'packaging' of asset 'a' must be 'file' or 'zip', not 'tar' (app/cdk.out/A.json:1:76)"},
    {{WITH_ASSETS, ONE("S"),
      ASSET_FILE("\"a\": {\"source\": {\"path\": \"d\"}, \"destinations\": {\"h\": {\"bucketName\": \"b\", "
                 "\"objectKey\": \"k\", \"region\": \"us-east-1\"}}}",
                 "")},
     .wanted = "asset 'a' belongs into region us-east-1, and the environment's is eu-west-1 "
               "(app/cdk.out/A.json:1:134)"},
    {{WITH_ASSETS, ONE("S"), FILE_OF("A.json", "{\"version\": \"56.0.0\"}")},
     .wanted = "the cloud assembly has schema version 56, and this plumb knows 17 to 55: use a newer plumb, "
               "or synthesise with an older aws-cdk-lib (app/cdk.out/A.json:1:13)"},
    {{WITH_ASSETS, ONE("S"), FILE_OF("A.json", "{\"version\": \"55.0.0\", \"file\": {}}")},
     .wanted = "unknown key 'file' in asset manifest 'A', did you mean 'files'? (app/cdk.out/A.json:1:23)"},
};

static void lists_assets(void **state)
{
    (void)state;
    check_trees("app/cdk.out", assets, ARRAY_LENGTH(assets));
}

#define PLAIN(text)                                                                                          \
    {                                                                                                        \
        "app/cdk.out/manifest.json", text, false                                                             \
    }

static const struct tree_case refusals[] = {
    {{PLAIN(MANIFEST_OF("56.0.0", "", STACK("S"))), ONE("S")},
     .wanted = "the cloud assembly has schema version 56, and this plumb knows 17 to 55: use a newer plumb, "
               "or synthesise with an older aws-cdk-lib (app/cdk.out/manifest.json:1:13)"},
    {{PLAIN(MANIFEST_OF("16.0.0", "", STACK("S"))), ONE("S")},
     .wanted = "the cloud assembly has schema version 16, and this plumb knows 17 to 55: synthesise with a "
               "newer aws-cdk-lib (app/cdk.out/manifest.json:1:13)"},
    {{PLAIN(MANIFEST_OF("new", "", STACK("S"))), ONE("S")},
     .wanted =
         "'version' of a cloud assembly must look like '55.0.0', not 'new' (app/cdk.out/manifest.json:1:13)"},
    {{PLAIN("{\"artifacts\": {}}")},
     .wanted =
         "'version' of a cloud assembly must look like '55.0.0', not '' (app/cdk.out/manifest.json:1:1)"},
    {{PLAIN("[]")}, .wanted = "cloud assembly must be a mapping, not a list (app/cdk.out/manifest.json:1:1)"},
    {{PLAIN("{\"version\": ")},
     .wanted = "cloud assembly: invalid JSON: expected a value, found the end of the text "
               "(app/cdk.out/manifest.json:1:13)"},
    {{PLAIN(MANIFEST_OF("55.0.0", ", \"artefacts\": {}", STACK("S")))},
     .wanted = "unknown key 'artefacts' in the manifest of a cloud assembly, did you mean 'artifacts'? "
               "(app/cdk.out/manifest.json:1:23)"},
    {{PLAIN(MANIFEST_OF("55.0.0",
                        ", \"missing\": [{\"key\": \"availability-zones:account=1:region=r\", \"provider\": "
                        "\"availability-zones\", \"props\": {}}]",
                        STACK("S")))},
     .wanted =
         "the cloud assembly was synthesised without the context 'availability-zones:account=1:region=r' "
         "(provider 'availability-zones'): run `cdk synth` where it can be looked up, commit "
         "cdk.context.json, and synthesise again (app/cdk.out/manifest.json:1:35)"},
    {{MANIFEST("")}, .wanted = "the cloud assembly has no stacks (app/cdk.out/manifest.json:1:36)"},
    {{MANIFEST("\"S\": {\"type\": \"aws:cloudformation:stacks\"}")},
     .wanted = "artifact 'S' of the cloud assembly has the unknown type 'aws:cloudformation:stacks', did you "
               "mean 'aws:cloudformation:stack'? (app/cdk.out/manifest.json:1:51)"},
    {{MANIFEST("\"S\": {\"properties\": {}}")},
     .wanted = "artifact 'S' needs 'type' (app/cdk.out/manifest.json:1:42)"},
    {{MANIFEST("\"S\": {\"type\": \"aws:cloudformation:stack\"}")},
     .wanted = "artifact 'S' has no 'properties' (app/cdk.out/manifest.json:1:42)"},
    {{MANIFEST(STACK_IN(IN, "S", ", \"dependency\": []", ""))},
     .wanted = "unknown key 'dependency' in artifact 'S', did you mean 'dependencies'? "
               "(app/cdk.out/manifest.json:1:134)"},
    {{MANIFEST(STACK_IN(IN, "S", "", ", \"stackname\": \"x\""))},
     .wanted = "unknown key 'stackname' in 'properties' of artifact 'S', did you mean 'stackName'? "
               "(app/cdk.out/manifest.json:1:175)"},
    {{MANIFEST("\"S\": {\"type\": \"aws:cloudformation:stack\", \"environment\": \"" IN "\", \"properties\": "
               "{\"templateFile\": \"../../../../etc/passwd\"}}")},
     .wanted = "'templateFile' of artifact 'S' must be a path in the repository, not "
               "'../../../../etc/passwd' (app/cdk.out/manifest.json:1:165)"},
    {{MANIFEST("\"S\": {\"type\": \"aws:cloudformation:stack\", \"environment\": \"" IN "\", \"properties\": "
               "{\"templateFile\": \"/etc/passwd\"}}")},
     .wanted = "'templateFile' of artifact 'S' must be a path in the repository, not '/etc/passwd' "
               "(app/cdk.out/manifest.json:1:165)"},
    {{MANIFEST(STACK("S"))}, .wanted = "stack 'S': template: 'app/cdk.out/S.json' does not exist"},
    {{MANIFEST(STACK("S")), TEMPLATE("S", "{}")},
     .wanted = "the template has no 'Resources' (app/cdk.out/S.json:1:1)"},
    {{MANIFEST(STACK_IN("aws://999999999999/eu-west-1", "S", "", "")), ONE("S")},
     .wanted = "stack 'S' was synthesised for account 999999999999, region eu-west-1, and the environment is "
               "account 123456789012, region eu-west-1: name the stack that belongs here with 'stack' "
               "(app/cdk.out/manifest.json:1:94)"},
    {{MANIFEST(STACK_IN("aws://unknown-account/us-east-1", "S", "", "")), ONE("S")},
     .wanted = "stack 'S' was synthesised for account unknown-account, region us-east-1, and the environment "
               "is account 123456789012, region eu-west-1: name the stack that belongs here with 'stack' "
               "(app/cdk.out/manifest.json:1:94)"},
    {{MANIFEST(STACK_IN("123456789012", "S", "", "")), ONE("S")},
     .wanted = "'environment' of stack 'S' must look like 'aws://ACCOUNT/REGION', not '123456789012' "
               "(app/cdk.out/manifest.json:1:94)"},
    {{MANIFEST(STACK_IN(IN, "S", ", \"dependencies\": [\"T\"]", "")), ONE("S")},
     .wanted = "artifact 'S' depends on 'T', which the cloud assembly does not have "
               "(app/cdk.out/manifest.json:1:151)"},
    {{MANIFEST(STACK_IN(IN, "A", ", \"dependencies\": [\"B\"]",
                        "") ", " STACK_IN(IN, "B", "", ", \"additionalDependencies\": [\"A\"]"))},
     .wanted = "artifacts of the cloud assembly depend on each other in a circle: A -> B -> A "
               "(app/cdk.out/manifest.json:1:42)"},
    {TWO_NAMED,
     .wanted = "the cloud assembly has no stack 'Tow', did you mean 'Two'? (app/cdk.out/manifest.json:1:36)",
     .stack = "Tow"},
    {{MANIFEST(STACK_IN(IN, "A", ", \"displayName\": \"x/S\"",
                        "") ", " STACK_IN(IN, "B", ", \"displayName\": \"y/S\"", "")),
      ONE("A"), ONE("B")},
     .wanted = "more than one stack of the cloud assembly is named 'S': name it by its artifact's id "
               "(app/cdk.out/manifest.json:1:36)",
     .stack = "S"},
    {TWO_NAMED, .wanted = "no stack of 'app/cdk.out' has a parameter 'Nobody' (prod/orders.yaml:1:2)",
     .parameters = "{Nobody: x}"},
};

static void refuses_by_name(void **state)
{
    (void)state;
    check_trees("app/cdk.out", refusals, ARRAY_LENGTH(refusals));
}

/* Both the number of artifacts and the way through them are bounded. */
static void stays_bounded(void **state)
{
    struct arena *arena = arena_new();
    struct buf text = BUF_INIT(BUF_LARGE);
    struct tree_case one = {.wanted = "the cloud assembly has 10000 artifacts, and the limit is 2000 "
                                      "(app/cdk.out/manifest.json:1:36)"};
    (void)state;
    buf_addz(&text, "{\"version\": \"55.0.0\", \"artifacts\": {");
    for (int i = 0; i < 10000; i++)
        buf_printf(&text, "%s\"A%d\": {\"type\": \"none\"}", i ? ", " : "", i);
    buf_addz(&text, "}}");
    one.files[0] = (struct memory_file)PLAIN(arena_strz(arena, buf_str(&text)));
    check_trees("app/cdk.out", &one, 1);
    buf_clear(&text);
    buf_addz(&text, "{\"version\": \"55.0.0\", \"artifacts\": {");
    for (int i = 1; i < 2000; i++)
        buf_printf(&text, "\"A%d\": {\"type\": \"none\", \"dependencies\": [\"A%d\"]}, ", i, i - 1);
    buf_addz(&text, "\"A0\": {\"type\": \"none\"}}}");
    one.files[0] = (struct memory_file)PLAIN(arena_strz(arena, buf_str(&text)));
    one.wanted = "the cloud assembly has no stacks (app/cdk.out/manifest.json:1:36)";
    check_trees("app/cdk.out", &one, 1);
    buf_release(&text);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loads_stacks),      cmocka_unit_test(prints_templates),
        cmocka_unit_test(chooses_the_stage), cmocka_unit_test(lists_assets),
        cmocka_unit_test(refuses_by_name),   cmocka_unit_test(stays_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
