// Parameters and returns of the actors' methods as go-state-types encodes and prints them (tests/vectors/lotus-params).
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include <strata/actors/bundle.hpp>
#include <strata/api/method_shapes.hpp>
#include <strata/api/test_node.hpp>
#include <strata/base/hex.hpp>
#include <strata/testing/own_vectors.hpp>

namespace strata::api {
namespace {

std::string text_of_error(const Json& got) {
    return got.contains("error") ? got["error"]["message"].get<std::string>() : "no error: " + got.dump();
}

TEST(MethodShapes, EncodeAndPrintAsGoDoes) {
    std::ifstream file(strata::testing::own_vectors("lotus-params") / "methods.jsonl");
    std::size_t cases = 0;
    std::set<std::pair<std::string, std::uint64_t>> methods;
    for (std::string line; std::getline(file, line); ++cases) {
        const auto vector = Json::parse(line);
        const auto actor = vector["Actor"].get<std::string>();
        const auto number = vector["Number"].get<std::uint64_t>();
        methods.emplace(actor, number);
        const auto shape = method_shape(actor, Cid(), number);
        ASSERT_TRUE(shape) << line;
        EXPECT_EQ(shape->name, vector["Method"].get<std::string>());
        const auto text = vector["Kind"] == "params" ? shape->params : shape->returns;
        const Bytes cbor = *from_hex(vector["Cbor"].get<std::string>());
        const auto json = json_of_shape(Printer('f'), text, cbor);
        ASSERT_TRUE(json) << json.error().message() << " " << line;
        EXPECT_EQ(*json, vector["Json"]) << line;
        const auto encoded = cbor_of_shape(text, vector["Json"]);
        ASSERT_TRUE(encoded) << encoded.error().message() << " " << line;
        EXPECT_EQ(to_hex(*encoded), vector["Cbor"].get<std::string>()) << line;
    }
    EXPECT_EQ(cases, 444U);
    EXPECT_EQ(methods.size(), 156U);
}

TEST(MethodShapes, DamagedInputIsRefused) {
    std::ifstream file(strata::testing::own_vectors("lotus-params") / "methods.jsonl");
    for (std::string line; std::getline(file, line);) {
        const auto vector = Json::parse(line);
        const auto shape =
            method_shape(vector["Actor"].get<std::string>(), Cid(), vector["Number"].get<std::uint64_t>());
        const auto text = vector["Kind"] == "params" ? shape->params : shape->returns;
        if (text == "r") continue;  // any bytes will do
        const Bytes cbor = *from_hex(vector["Cbor"].get<std::string>());
        for (std::size_t size = 0; size < cbor.size(); ++size)
            EXPECT_FALSE(json_of_shape(Printer('f'), text, BytesView(cbor).first(size))) << size << " of " << line;
    }
    // An undefined address, an undefined CID and nothing have no encoding. Source: go-address, go-cid, abi/empty.go.
    EXPECT_EQ(cbor_of_shape("a", Json()).error().message(), "cannot marshal undefined address");
    EXPECT_EQ(cbor_of_shape("c", Json()).error().message(), "undefined cid");
    EXPECT_EQ(cbor_of_shape("e", Json::object()).error().message(), "cannot marshal empty value, try nil instead");
    for (const char* json : {R"({"To":5})", R"([])", R"({"To":"f01","Value":"x"})", R"({"To":"f01","Params":7})"})
        EXPECT_FALSE(cbor_of_shape("{To:a,Value:n,Method:u,Params:b}", Json::parse(json))) << json;
}

// Source: builtin-actors actors/miner/src/lib.rs, tags v17.0.0 and v18.0.0; go-state-types builtin/v17 to v19.
TEST(MethodShapes, MinersHaveThreeMethodsSinceVersion18) {
    const auto code = [](actors::ActorsVersion version) {
        const auto* const bundle = actors::find_bundle(actors::ActorBundle::mainnet, version);
        return bundle->manifest.codes.at(vm::ActorType::miner);
    };
    for (const std::uint64_t method : {1321604665UL, 3010055991UL, 3092458564UL}) {
        EXPECT_FALSE(method_shape("storageminer", code(17), method)) << method;
        EXPECT_TRUE(method_shape("storageminer", code(18), method)) << method;
        EXPECT_TRUE(method_shape("storageminer", code(19), method)) << method;
    }
    EXPECT_TRUE(method_shape("storageminer", code(17), 16));
}

class ApiParamsMethods : public testing::TestNode {};

TEST_F(ApiParamsMethods, ParametersGoBothWays) {
    const auto code = result("StateGetActor", {"t01000", nullptr})["Code"];
    const Json change{{"NewWorker", "t01000"}, {"NewControlAddrs", {"t0101"}}};
    const auto encoded = result("StateEncodeParams", {code, 3, change});
    EXPECT_EQ(to_hex(*from_base64(encoded.get<std::string>())), "824300e80781420065");
    EXPECT_EQ(result("StateDecodeParams", {"t01000", 3, encoded, nullptr}), change);
    // Names are found without regard to case, and what is left out is zero, as by Go's encoding/json.
    EXPECT_EQ(result("StateEncodeParams", {code, 16, {{"amountrequested", "5"}, {"Other", 1}}}), "gUIABQ==");
    EXPECT_EQ(result("StateEncodeParams", {code, 16, Json::object()}), "gUA=");
    EXPECT_EQ(result("StateDecodeParams", {"t01000", 0, nullptr, nullptr}), Json::object());
    EXPECT_EQ(text_of_error(ask("StateEncodeParams", {code, 2, Json::object()})),
              "cbor marshal: cannot marshal empty value, try nil instead");
    EXPECT_EQ(text_of_error(ask("StateDecodeParams", {"t01000", 999, "", nullptr})),
              "getting params type: unknown method 999 for actor " + code["/"].get<std::string>() +
                  ": actor metadata not found");
    EXPECT_EQ(text_of_error(ask("StateDecodeParams", {"t0999999", 1, "", nullptr})), "getting actor: actor not found");
}

}  // namespace
}  // namespace strata::api
