// Protects what the explorer answers over HTTP: files with their types and headers, pages, ?json, and paths that lead
// nowhere. Source: RFC 9110 (methods, validators), RFC 9239 (type of JavaScript), W3C Content Security Policy Level 3.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include <nlohmann/json.hpp>

#include <strata/explorer/explorer.hpp>
#include <strata/explorer/site.hpp>

namespace strata::explorer {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

std::string header(const http::Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers)
        if (key == name) return value;
    return {};
}
std::string text(const http::Response& response) {
    return std::string(as_text(std::get<Bytes>(response.body)));
}

class ExplorerHttp : public ::testing::Test {
  protected:
    http::Response get(const std::string& target, std::map<std::string, std::string> headers = {},
                       const std::string& method = "GET") {
        auto parsed = http::parse_target(target);
        EXPECT_TRUE(parsed) << target;
        http::Request request{method, parsed->path, parsed->query, std::move(headers), {}};
        EXPECT_TRUE(Explorer::serves(request)) << target;
        return explorer.handle(request);
    }

    Explorer explorer{[](const http::Request& request) {
        if (request.path != "/rpc/v1") return http::text_response(404, "nothing");
        Json out = Json::array();
        for (const auto& call : Json::parse(as_text(request.body)))
            out.push_back({{"id", call["id"]}, {"result", call["method"]}});
        return http::json_response(200, out.dump());
    }};
};

TEST_F(ExplorerHttp, files_have_their_types_and_strict_headers) {
    const std::map<std::string, std::string> types = {{"app.js", "text/javascript; charset=utf-8"},
                                                      {"pages/block.js", "text/javascript; charset=utf-8"},
                                                      {"style.css", "text/css; charset=utf-8"},
                                                      {"icon.svg", "image/svg+xml"},
                                                      {"pages.json", "application/json"}};
    for (const auto& [path, type] : types) {
        const auto got = get("/explorer/" + path);
        EXPECT_EQ(got.status, 200U) << path;
        EXPECT_EQ(header(got, "Content-Type"), type) << path;
        EXPECT_EQ(header(got, "X-Content-Type-Options"), "nosniff") << path;
        const auto policy = header(got, "Content-Security-Policy");
        EXPECT_THAT(policy, HasSubstr("default-src 'none'"));
        EXPECT_THAT(policy, HasSubstr("frame-ancestors 'none'"));
        EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
        EXPECT_THAT(policy, Not(HasSubstr("*")));
    }
}

TEST_F(ExplorerHttp, the_site_asks_nothing_elsewhere_and_has_no_script_in_its_html) {
    for (const auto& file : site()) {
        const std::string content(as_text(file.content));
        EXPECT_FALSE(content.empty()) << file.path;
        EXPECT_LT(content.size(), 100'000U) << file.path;
        EXPECT_THAT(content, Not(HasSubstr("innerHTML"))) << file.path;
        EXPECT_THAT(content, Not(HasSubstr("https://"))) << file.path;
        if (!file.path.ends_with(".html")) continue;
        EXPECT_THAT(content, Not(HasSubstr("<style"))) << file.path;
        EXPECT_THAT(content, Not(HasSubstr("style="))) << file.path;
        EXPECT_THAT(content, Not(HasSubstr("onclick"))) << file.path;
    }
}

TEST_F(ExplorerHttp, a_copy_that_is_still_right_is_not_sent_again) {
    const auto first = get("/explorer/app.js");
    const auto tag = header(first, "ETag");
    ASSERT_EQ(tag.size(), 34U) << tag;
    EXPECT_EQ(header(first, "Cache-Control"), "no-cache");
    const auto again = get("/explorer/app.js", {{"if-none-match", tag}});
    EXPECT_EQ(again.status, 304U);
    EXPECT_EQ(text(again), "");
    EXPECT_EQ(header(again, "ETag"), tag);
    EXPECT_EQ(get("/explorer/app.js", {{"if-none-match", "\"other\""}}).status, 200U);
    EXPECT_NE(header(get("/explorer/style.css"), "ETag"), tag);
}

TEST_F(ExplorerHttp, pages_are_the_same_document_and_unknown_ones_say_404) {
    const auto page = get("/explorer/");
    EXPECT_EQ(page.status, 200U);
    EXPECT_EQ(header(page, "Content-Type"), "text/html; charset=utf-8");
    EXPECT_THAT(text(page), HasSubstr("<title>Strata</title>"));
    EXPECT_EQ(text(get("/explorer/height/12")), text(page));
    EXPECT_EQ(text(get("/explorer/search?q=%3Cscript%3E")), text(page));
    const auto missing = get("/explorer/nowhere");
    EXPECT_EQ(missing.status, 404U);
    EXPECT_EQ(text(missing), text(page));
}

TEST_F(ExplorerHttp, no_path_leads_out_of_the_site) {
    for (const char* path : {"/explorer/../etc/passwd", "/explorer/%2e%2e/%2e%2e/etc/passwd",
                             "/explorer/pages/../app.js", "/explorer//app.js", "/explorer/pages", "/explorer/app.js/",
                             "/explorer/index.html/x", "/explorer/app.js%00.html", "/explorer/..%5capp.js"}) {
        const auto got = get(path);
        EXPECT_EQ(got.status, 404U) << path;
        EXPECT_EQ(header(got, "Content-Type"), "text/html; charset=utf-8") << path;
    }
}

TEST_F(ExplorerHttp, browsers_are_led_from_the_root_and_others_are_not) {
    const http::Request browser{"GET", "/", {}, {{"accept", "text/html,application/xhtml+xml,*/*;q=0.8"}}, {}};
    ASSERT_TRUE(Explorer::serves(browser));
    EXPECT_EQ(explorer.handle(browser).status, 307U);
    EXPECT_EQ(header(explorer.handle(browser), "Location"), "/explorer/");
    EXPECT_EQ(header(get("/explorer"), "Location"), "/explorer/");
    EXPECT_FALSE(Explorer::serves({"GET", "/", {}, {{"accept", "*/*"}}, {}}));
    EXPECT_FALSE(Explorer::serves({"POST", "/", {}, {{"accept", "text/html"}}, {}}));
    for (const char* path : {"/rpc/v1", "/explorers", "/ipfs/x", "/health/status"})
        EXPECT_FALSE(Explorer::serves({"GET", path, {}, {{"accept", "text/html"}}, {}})) << path;
}

TEST_F(ExplorerHttp, a_page_is_json_too) {
    const auto got = get("/explorer/deal/6?json");
    EXPECT_EQ(got.status, 200U);
    EXPECT_EQ(header(got, "Content-Type"), "application/json");
    EXPECT_EQ(header(got, "Cache-Control"), "no-store");
    const auto json = Json::parse(text(got));
    EXPECT_EQ(json["page"], "deal");
    EXPECT_EQ(json["arguments"], (Json{{"deal", 6}}));
    EXPECT_EQ(json["facts"]["deal"], "Filecoin.StateMarketStorageDeal");
    const auto missing = get("/explorer/nowhere?json");
    EXPECT_EQ(missing.status, 404U);
    EXPECT_EQ(header(missing, "Content-Type"), "application/json");
    EXPECT_TRUE(Json::parse(text(missing)).contains("error"));
}

TEST_F(ExplorerHttp, every_page_has_its_module_and_every_step_a_name) {
    const auto json = Json::parse(text(get("/explorer/pages.json")));
    const auto modules = text(get("/explorer/pages.js"));
    for (const auto& page : json["pages"]) {
        EXPECT_THAT(modules, HasSubstr(page["page"].get<std::string>()));
        std::set<std::string> names;
        for (const auto& step : page["steps"]) {
            EXPECT_TRUE(names.insert(step["as"]).second) << page["page"] << " " << step["as"];
            EXPECT_TRUE(step.contains("ask") || step.contains("get") || step.contains("head")) << step;
            if (step.contains("each") && step["each"].is_string()) EXPECT_LE(step["most"], 100) << step;
        }
    }
}

TEST_F(ExplorerHttp, only_reading_is_allowed) {
    EXPECT_EQ(get("/explorer/app.js", {}, "HEAD").status, 200U);
    for (const char* method : {"POST", "PUT", "DELETE"}) {
        const auto got = get("/explorer/", {}, method);
        EXPECT_EQ(got.status, 405U);
        EXPECT_EQ(header(got, "Allow"), "GET, HEAD");
    }
}

TEST(ExplorerTurns, a_third_page_at_once_is_refused) {
    std::atomic<int> inside = 0;
    std::atomic<bool> let_go = false;
    Explorer explorer([&](const http::Request&) {
        ++inside;
        while (!let_go) std::this_thread::yield();
        return http::json_response(200, "[]");
    });
    const http::Request request{"GET", "/explorer/deals", {{"json", ""}}, {}, {}};
    std::jthread one([&] { explorer.handle(request); }), two([&] { explorer.handle(request); });
    while (inside < 2) std::this_thread::yield();
    const auto refused = explorer.handle(request);
    EXPECT_EQ(refused.status, 503U);
    EXPECT_EQ(header(refused, "Retry-After"), "1");
    EXPECT_EQ(explorer.handle({"GET", "/explorer/app.js", {}, {}, {}}).status, 200U);
    let_go = true;
    one.join();
    two.join();
    EXPECT_EQ(explorer.handle(request).status, 200U);
}

}  // namespace
}  // namespace strata::explorer
