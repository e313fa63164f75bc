// The names, permissions and numbers of parameters that Lotus has (tests/vectors/lotus-api, from its OpenRPC documents
// and `perm` tags), held against this API: what is not served, and who may call what.
#include <strata/api/test_node.hpp>
#include <strata/testing/own_vectors.hpp>
#include <strata/testing/vectors.hpp>

namespace strata::api {
namespace {

constexpr const char* kPaths[] = {"v1", "v2"};

class ApiInventory : public testing::TestNode {
  protected:
    const Json lotus =
        Json::parse(strata::testing::read_file(strata::testing::own_vectors("lotus-api") / "methods.json"));

    /// Why a method refuses every call, by its name without prefix; empty text for the methods that are served.
    std::map<std::string, std::string> offered(const std::string& path) {
        constexpr std::string_view kRefused = "; refused: ";
        std::map<std::string, std::string> out;
        const auto document = result("Discover", {}, "/rpc/" + path);
        for (const auto& method : document["methods"]) {
            const std::string name = method["name"], summary = method["summary"];
            const auto at = summary.find(kRefused);
            out[name.substr(std::string_view("Filecoin.").size())] =
                at == std::string::npos ? "" : summary.substr(at + kRefused.size());
        }
        return out;
    }
    /// The names on both paths: the complete name, and Lotus' word for its permission.
    struct Named {
        std::string path, name, method, permission;
        bool is_channel = false;
    };
    std::vector<Named> all() const {
        std::vector<Named> out;
        for (const std::string path : kPaths) {
            for (const auto& [name, method] : lotus[path].items())
                out.push_back(
                    {"/rpc/" + path, "Filecoin." + name, name, method["perm"], method.value("channel", false)});
        }
        for (const auto& [alias, name] : lotus["aliases"].items()) {
            const std::string method = name;
            out.push_back({"/rpc/v1", alias, method, lotus["v1"][method]["perm"], false});
        }
        return out;
    }
};

// Popular: what Curio, Boost, Lily, Lotus' own programs and JavaScript libraries call most. Fast finality and the
// manager of payment channels are refused as by a Lotus that has them switched off.
TEST_F(ApiInventory, WhatIsPopularIsServed) {
    int popular = 0;
    const auto here = offered("v1");
    for (const auto& [name, method] : lotus["v1"].items()) {
        if (!method.value("popular", false)) continue;
        ++popular;
        if (name.starts_with("F3") || name.starts_with("Paych")) continue;
        EXPECT_EQ(here.at(name), "") << name << " is refused";
    }
    EXPECT_EQ(popular, 130);
}

TEST_F(ApiInventory, EveryNameOfLotusIsKnown) {
    EXPECT_EQ(lotus["v1"].size(), 280U);
    EXPECT_EQ(lotus["v2"].size(), 53U);
    for (const std::string path : kPaths) {
        const auto here = offered(path);
        for (const auto& [name, method] : lotus[path].items()) EXPECT_TRUE(here.contains(name)) << path << " " << name;
    }
}

// F3 and payment channels are refused as by a Lotus whose owner has switched them off; a popular method is not refused
// for any other reason.
TEST_F(ApiInventory, PopularMethodsAreServed) {
    const auto here = offered("v1");
    int popular = 0;
    for (const auto& [name, method] : lotus["v1"].items()) {
        if (!method["popular"].get<bool>()) continue;
        ++popular;
        const auto& refusal = here.at(name);
        if (!name.starts_with("F3") && !name.starts_with("Paych")) EXPECT_EQ(refusal, "") << name;
    }
    EXPECT_EQ(popular, 130);
}

TEST_F(ApiInventory, NumbersOfParametersAreThoseOfLotus) {
    std::map<std::string, std::pair<std::size_t, std::size_t>> counts;
    const auto document = result("Discover");
    for (const auto& method : document["methods"]) {
        std::size_t needed = 0;
        for (const auto& param : method["params"]) needed += param["required"].get<bool>() ? 1 : 0;
        counts[method["name"]] = {needed, method["params"].size()};
    }
    // Lotus reads the parameters of these itself, so that its document has one (api/api_full.go: jsonrpc.RawParams).
    const std::set<std::string> raw = {"EthCall", "EthEstimateGas", "EthFeeHistory", "EthSubscribe",
                                       "FilecoinAddressToEthAddress"};
    for (const auto& [name, method] : lotus["v1"].items()) {
        const auto expected = method["params"].get<std::size_t>();
        const auto [least, most] = counts["Filecoin." + name];
        if (raw.contains(name)) continue;
        EXPECT_LE(least, expected) << name;
        EXPECT_GE(most, expected) << name;
    }
}

// Lotus' permissioned proxy (go-jsonrpc auth/auth.go): "missing permission to invoke '%s' (need '%s')", code 1. Here
// the refusal comes before anything is made of the parameters.
TEST_F(ApiInventory, EveryMethodAsksForThePermissionOfLotus) {
    struct Role {
        std::string name;
        std::optional<std::vector<Permission>> allow;  // empty without a token
    };
    using enum Permission;
    // Tokens as `lotus auth create-token --perm NAME` makes them, and tokens for one permission alone.
    const std::vector<Role> roles = {{"no token", {}},
                                     {"read", {{read}}},
                                     {"write", {{read, write}}},
                                     {"sign", {{read, write, sign}}},
                                     {"admin", {{read, write, sign, admin}}},
                                     {"write alone", {{write}}},
                                     {"sign alone", {{sign}}},
                                     {"admin alone", {{admin}}}};
    const Json wrong(std::vector<std::string>(20, "wrong"));  // more than any method has
    std::map<std::string, int> refused;
    int served = 0;
    for (const auto& [path, name, method, permission, is_channel] : all()) {
        const auto needs = parse_permission(permission);
        ASSERT_TRUE(needs) << method;
        for (const auto& role : roles) {
            http::Request request{"POST", path, {}, {}, {}};
            request.body =
                to_bytes(as_bytes(Json{{"jsonrpc", "2.0"}, {"id", 1}, {"method", name}, {"params", wrong}}.dump()));
            if (role.allow) request.headers.emplace("authorization", "Bearer " + tokens->issue(*role.allow));
            auto response = http::await_answer(service->handle(request));
            const auto answer = Json::parse(as_text(std::get<Bytes>(response.body)));
            const auto allow = role.allow.value_or(std::vector{read});
            const bool may = std::ranges::find(allow, *needs) != allow.end();
            const auto error = answer.value("error", Json::object());
            const std::string text = error.value("message", std::string());
            if (is_channel) {  // over HTTP there are no channels for any caller
                EXPECT_EQ(error["code"], -32601) << name;
            } else if (may) {
                ++served;
                EXPECT_EQ(error["code"], -32602) << name << " by " << role.name << ": " << answer;
                EXPECT_TRUE(text.starts_with("wrong param count")) << name << ": " << text;
            } else {
                ++refused[permission];
                EXPECT_EQ(response.status, 200U) << name;
                EXPECT_EQ(
                    error,
                    Json({{"code", 1},
                          {"message", "missing permission to invoke '" + method + "' (need '" + permission + "')"}}))
                    << name << " by " << role.name;
            }
        }
    }
    EXPECT_GT(served, 1000);
    for (const char* permission : {"read", "write", "sign", "admin"}) EXPECT_GT(refused[permission], 0) << permission;
}

}  // namespace
}  // namespace strata::api
