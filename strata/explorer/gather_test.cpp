// Protects how the facts of a page follow from its steps (README.md): references, lists, conditions, limits, and what
// happens when the node refuses. A made-up node answers; its envelope is JSON-RPC 2.0's.
#include <gtest/gtest.h>

#include <strata/explorer/gather.hpp>

namespace strata::explorer {
namespace {

/// A node whose methods are functions of their parameters, and which counts what it was asked.
class Node {
  public:
    std::map<std::string, std::function<Json(const Json&)>> methods;
    std::map<std::string, http::Response> paths;
    std::vector<http::Request> requests;

    http::Handler handler() {
        return [this](const http::Request& request) { return answer(request); };
    }

  private:
    http::Response answer(const http::Request& request) {
        requests.push_back(request);
        if (const auto it = paths.find(request.path); it != paths.end()) return it->second;
        if (!request.path.starts_with("/rpc/")) return http::text_response(404, "nothing here");
        Json out = Json::array();
        for (const auto& call : Json::parse(as_text(request.body))) {
            const auto it = methods.find(call["method"]);
            if (it == methods.end())
                out.push_back({{"id", call["id"]}, {"error", {{"code", -32601}, {"message", "no such method"}}}});
            else
                out.push_back({{"id", call["id"]}, {"result", it->second(call["params"])}});
        }
        return http::json_response(200, out.dump());
    }
};

Json run(Node& node, const Json& steps, Json arguments = Json::object(), http::Request request = {},
         std::size_t most = kMostFacts) {
    const Json page{{"page", "test"}, {"path", ""}, {"text", "q"}, {"steps", steps}};
    if (!arguments.contains("q")) arguments["q"] = "";
    return gather(node.handler(), request, {&page, std::move(arguments)}, most);
}

TEST(ExplorerFacts, a_step_takes_what_earlier_ones_found) {
    Node node;
    node.methods["Filecoin.ChainHead"] = [](const Json&) { return Json{{"Height", 30}, {"Cids", {1, 2}}}; };
    node.methods["Filecoin.Echo"] = [](const Json& params) { return params; };
    const auto got = run(node, Json::parse(R"([
        {"as": "head", "ask": "ChainHead"},
        {"as": "echo", "ask": "Echo", "with": ["$head/Height+1", "$head/Height-40", "$head/Height-$back", "$head/Cids/1",
                                               {"From": "$who"}, null, "f04"]}])"),
                         {{"back", 10}, {"who", "t01000"}});
    EXPECT_EQ(got["facts"]["echo"], Json::parse(R"([31, 0, 20, 2, {"From": "t01000"}, null, "f04"])"));
    EXPECT_EQ(got["errors"], Json::object());
    EXPECT_EQ(got["arguments"]["who"], "t01000");
}

TEST(ExplorerFacts, a_refusal_stays_with_its_step_and_those_that_need_it) {
    Node node;
    node.methods["Filecoin.Echo"] = [](const Json& params) { return params; };
    const auto got = run(node, Json::parse(R"([
        {"as": "gone", "ask": "Absent"},
        {"as": "after", "ask": "Echo", "with": ["$gone/Height"]},
        {"as": "free", "ask": "Echo", "with": [1]}])"));
    EXPECT_EQ(got["errors"]["gone"]["code"], -32601);
    EXPECT_EQ(got["errors"]["after"]["message"], "gone is missing");
    EXPECT_EQ(got["facts"], Json::parse(R"({"free": [1]})"));
}

TEST(ExplorerFacts, lists_are_bounded_and_name_each_item_once) {
    Node node;
    node.methods["Filecoin.List"] = [](const Json&) {
        return Json::parse(R"([{"a": 5}, {"a": 6}, {"b": 0}, {"a": 5}, {"a": 7}, {"a": 8}, {"a": 9}])");
    };
    node.methods["Filecoin.Double"] = [](const Json& params) { return params[0].get<int>() * 2; };
    const auto got = run(node, Json::parse(R"([
        {"as": "list", "ask": "List"},
        {"as": "first", "each": "$list/*/a", "most": 2, "ask": "Double", "with": ["$item"]},
        {"as": "spread", "each": "$list/*/a", "most": 3, "spread": true, "ask": "Double", "with": ["$item"]},
        {"as": "below", "each": {"below": "$list/0/a", "count": 3}, "ask": "Double", "with": ["$item"]},
        {"as": "few", "each": {"below": 2, "count": 48}, "ask": "Double", "with": ["$item"]}])"));
    EXPECT_EQ(got["facts"]["first"], Json::parse(R"([{"item": 5, "value": 10}, {"item": 6, "value": 12}])"));
    EXPECT_EQ(got["facts"]["spread"],
              Json::parse(R"([{"item": 5, "value": 10}, {"item": 7, "value": 14}, {"item": 9, "value": 18}])"));
    EXPECT_EQ(got["facts"]["below"].size(), 3U);
    EXPECT_EQ(got["facts"]["below"][2]["item"], 2);
    EXPECT_EQ(got["facts"]["few"].size(), 2U);
    // The list, and then all that it leads to in one request.
    EXPECT_EQ(node.requests.size(), 2U);
}

TEST(ExplorerFacts, conditions) {
    Node node;
    node.methods["Filecoin.Yes"] = [](const Json&) { return Json(5); };
    node.methods["Filecoin.No"] = [](const Json&) { return Json(); };
    const auto steps = Json::parse(R"([
        {"as": "yes", "ask": "Yes"}, {"as": "no", "ask": "No"},
        {"as": "unless_yes", "ask": "Yes", "unless": "yes"}, {"as": "unless_no", "ask": "Yes", "unless": "no"},
        {"as": "few", "ask": "Yes", "when": {"that": "$yes", "most": 5}},
        {"as": "many", "ask": "Yes", "when": {"that": "$yes", "most": 4}},
        {"as": "number", "for": "number", "ask": "Yes", "with": ["$q"]}, {"as": "cid", "for": "cid", "ask": "Yes"}])");
    const auto got = run(node, steps, {{"q", "7"}});
    for (const char* name : {"yes", "no", "unless_no", "few", "number"})
        EXPECT_TRUE(got["facts"].contains(name)) << name;
    for (const char* name : {"unless_yes", "many", "cid"}) EXPECT_TRUE(got["errors"].contains(name)) << name;
    EXPECT_EQ(got["facts"].size() + got["errors"].size(), steps.size());
}

TEST(ExplorerFacts, other_paths_of_the_node_and_the_owners_token) {
    Node node;
    node.paths["/health/status"] = http::json_response(200, R"({"Head": 3})");
    node.paths["/metrics"] = http::text_response(200, "strata_epoch 3");
    node.paths["/piece/baga6ea4seaqa4mj73u3atmm3kcbizam43ks37pehnwuwqw5efrdtr6qnv5qvqha"] =
        http::text_response(200, "1234");
    http::Request request;
    request.headers["authorization"] = "Bearer secret";
    const auto got =
        run(node, Json::parse(R"([
        {"as": "status", "get": "/health/status"}, {"as": "metrics", "get": "/metrics"},
        {"as": "owner", "get": "/provider/sectors", "owner": true}, {"as": "held", "head": "/piece/$cid?x=1"}])"),
            {{"cid", {{"/", "baga6ea4seaqa4mj73u3atmm3kcbizam43ks37pehnwuwqw5efrdtr6qnv5qvqha"}}}}, request);
    EXPECT_EQ(got["facts"]["status"], (Json{{"Head", 3}}));
    EXPECT_EQ(got["facts"]["metrics"], "strata_epoch 3\n");
    EXPECT_EQ(got["facts"]["held"], (Json{{"status", 200}, {"bytes", 5}}));
    EXPECT_EQ(got["errors"]["owner"]["code"], 404);
    EXPECT_EQ(node.requests.back().query.at("x"), "1");
    for (const auto& asked : node.requests)
        EXPECT_EQ(asked.header("authorization"), asked.path == "/provider/sectors" ? "Bearer secret" : "")
            << asked.path;
}

TEST(ExplorerFacts, a_node_that_answers_nonsense_is_an_error_of_its_steps) {
    for (const char* body : {"", "no", "{}", "[]", "[1]", R"([{"id": 99, "result": 1}])", R"([{"result": 1}])"}) {
        Node node;
        node.paths["/rpc/v1"] = http::json_response(200, body);
        const auto got = run(node, Json::parse(R"([{"as": "head", "ask": "ChainHead"}])"));
        EXPECT_EQ(got["errors"]["head"]["message"], "no answer") << body;
    }
}

TEST(ExplorerFacts, nothing_more_is_asked_for_a_client_that_has_left) {
    Node node;
    std::stop_source left;
    node.methods["Filecoin.One"] = [&](const Json&) {
        left.request_stop();
        return Json(1);
    };
    http::Request request;
    request.gone = left.get_token();
    run(node, Json::parse(R"([{"as": "one", "ask": "One"}, {"as": "two", "ask": "One", "with": ["$one"]}])"), {},
        request);
    EXPECT_EQ(node.requests.size(), 1U);
    EXPECT_TRUE(node.requests[0].gone.stop_requested());
}

TEST(ExplorerFacts, answers_that_are_too_large_end_the_page) {
    Node node;
    node.methods["Filecoin.Large"] = [](const Json&) { return Json(std::string(1000, 'x')); };
    const auto steps =
        Json::parse(R"([{"as": "one", "ask": "Large"}, {"as": "two", "ask": "Large", "with": ["$one"]}])");
    const auto got = run(node, steps, Json::object(), {}, 1000);
    EXPECT_TRUE(got["facts"].contains("one"));
    EXPECT_EQ(got["errors"]["two"]["message"], "the facts of this page are larger than 1000 bytes");
    EXPECT_EQ(run(node, steps, Json::object(), {}, 2000)["errors"], Json::object());
}

}  // namespace
}  // namespace strata::explorer
