// Protects that rounds come from any honest server and from none that lies, in what order servers are asked, and what
// is said while nothing comes. Rounds of quicknet are real; others are signed by a local beacon in the same scheme.
#include <strata/drand/drand_http.hpp>

#include <gtest/gtest.h>

#include <strata/base/hex.hpp>
#include <strata/drand/drand_server.hpp>
#include <strata/drand/test_drand.hpp>
#include <strata/http/server.hpp>

namespace strata::drand {
namespace {

using namespace std::chrono_literals;
constexpr std::uint64_t kGenesis = 1'692'803'367;

http::Answer json_answer(std::string_view text, unsigned status = 200) {
    return {status, {}, to_bytes(as_bytes(text))};
}

/// Three servers with a local beacon behind them; each may be made to answer something else.
class DrandServers : public ::testing::Test {
  protected:
    DrandConfig config() {
        return {.servers = {"http://a", "http://b", "http://c"},
                .hash = chain_hash(server.info()),
                .chain = server.info().chain,
                .store = &store,
                .unix_time = [this] { return now; },
                .get = [this](const std::string& url, const http::ClientLimits&) { return get(url); }};
    }
    Result<http::Answer> get(const std::string& url) {
        asked.push_back(url.substr(7, 1));
        paths.push_back(url.substr(8));
        if (const auto it = instead.find(asked.back()); it != instead.end()) return it->second(url);
        return honest(url);
    }
    Result<http::Answer> honest(const std::string& url) {
        const auto answer = server(testing::request_for(url.substr(8)));
        return http::Answer{answer.status, {}, std::get<Bytes>(answer.body)};
    }
    std::string take_asked() {
        std::string out;
        for (const auto& one : std::exchange(asked, {})) out += one;
        return out;
    }
    std::chrono::milliseconds now{(kGenesis + 3'000) * 1'000};  // round 1001
    chain::LocalBeacon beacon{"seed"};
    DrandServer server{beacon, "seed", kGenesis, 3,
                       [this] { return std::chrono::duration_cast<std::chrono::seconds>(now); }};
    store::MemoryKeyValue store;
    std::map<std::string, std::function<Result<http::Answer>(const std::string&)>> instead;
    std::vector<std::string> asked, paths;
};

TEST_F(DrandServers, a_round_is_fetched_once_and_kept) {
    {
        DrandHttp drand(config());
        EXPECT_EQ(drand.entry(1'000)->data, beacon.entry(1'000)->data);
        EXPECT_EQ(paths, std::vector{"/" + to_hex(chain_hash(server.info())) + "/public/1000"});
        EXPECT_EQ(drand.entry(1'000)->round, 1'000U);
        EXPECT_EQ(take_asked(), "a");
    }
    DrandHttp later(config());
    EXPECT_EQ(later.entry(1'000)->data, beacon.entry(1'000)->data);
    EXPECT_EQ(take_asked(), "") << "from the store";
    // A damaged record is not believed.
    store::KeyValue& records = store;
    std::string key;
    ASSERT_TRUE(records.for_each("chain/drand/", [&](std::string_view name, BytesView) -> Result<bool> {
        key = name;
        return true;
    }));
    ASSERT_TRUE(records.put(key, Bytes(48)));
    DrandHttp third(config());
    EXPECT_EQ(third.entry(1'000)->data, beacon.entry(1'000)->data);
    EXPECT_EQ(take_asked(), "a");
}

TEST_F(DrandServers, memory_keeps_a_bounded_number) {
    auto with = config();
    with.store = nullptr;
    with.cached = 3;
    DrandHttp drand(with);
    for (std::uint64_t round = 1; round <= 4; ++round) ASSERT_TRUE(drand.entry(round));
    take_asked();
    EXPECT_TRUE(drand.entry(4));
    EXPECT_EQ(take_asked(), "");
    EXPECT_TRUE(drand.entry(1));
    EXPECT_EQ(take_asked(), "a") << "the oldest was dropped";
}

TEST_F(DrandServers, a_round_of_the_future_is_not_asked_for) {
    DrandHttp drand(config());
    const auto got = drand.entry(1'003);
    EXPECT_EQ(got.error().code(), Errc::not_found);
    EXPECT_EQ(got.error().message(), "round 1003 of the beacon is out at 1692806373 (Unix time), in 6 s");
    EXPECT_EQ(drand.entry(UINT64_MAX).error().code(), Errc::not_found);
    EXPECT_EQ(drand.entry(0).error().code(), Errc::invalid_argument);
    EXPECT_EQ(take_asked(), "");
}

TEST_F(DrandServers, liars_and_dead_servers_are_passed_over) {
    const std::vector<std::function<Result<http::Answer>(const std::string&)>> lies = {
        [](const std::string&) { return Result<http::Answer>(Errc::io); },
        [](const std::string&) { return json_answer("{}"); },
        [](const std::string&) { return json_answer("nonsense", 500); },
        [this](const std::string&) { return json_answer(encode_round(*beacon.entry(999))); },
        [this](const std::string&) { return json_answer(encode_round({1'000, beacon.entry(999)->data})); },
        [](const std::string&) { return json_answer(encode_round(*chain::LocalBeacon("other").entry(1'000))); },
        [](const std::string&) { return json_answer(testing::kQuicknetRound); }};
    for (const auto& lie : lies) {
        instead["a"] = lie;
        auto with = config();
        with.store = nullptr;
        DrandHttp drand(with);
        EXPECT_EQ(drand.entry(1'000)->data, beacon.entry(1'000)->data);
        EXPECT_EQ(take_asked(), "ab");
    }
}

TEST_F(DrandServers, the_order_follows_success_and_failed_servers_are_left_alone_for_a_while) {
    DrandHttp drand(config());
    const auto refuse = [](const std::string&) { return Result<http::Answer>(fail(Errc::io, "refused")); };
    instead["a"] = refuse;
    EXPECT_TRUE(drand.entry(1));
    EXPECT_EQ(take_asked(), "ab");
    now += 10s;  // the pause of 1 s is over, but others did better
    EXPECT_TRUE(drand.entry(2));
    EXPECT_EQ(take_asked(), "b");
    instead["b"] = instead["c"] = refuse;
    const auto none = drand.entry(3);
    EXPECT_EQ(none.error().code(), Errc::io);
    EXPECT_EQ(take_asked(), "bca");
    const auto waiting = drand.entry(3);
    EXPECT_EQ(take_asked(), "");
    EXPECT_EQ(waiting.error().code(), Errc::busy);
    EXPECT_EQ(waiting.error().message(),
              "no drand server gave public/3: http://b: refused; http://c: refused; "
              "http://a: refused; the next attempt is in 1 s");
    now += 1s;
    instead.erase("c");
    EXPECT_TRUE(drand.entry(3));
    EXPECT_EQ(take_asked(), "bc") << "a failed twice";
    // Pauses grow up to a minute.
    instead["c"] = refuse;
    for (int i = 0; i < 20; ++i) {
        now += 61s;
        (void)drand.entry(4);
        EXPECT_EQ(take_asked().size(), 3U);
    }
    now += 59s;
    EXPECT_EQ(drand.entry(4).error().code(), Errc::busy);
}

TEST_F(DrandServers, a_server_that_is_a_little_behind_did_not_fail) {
    DrandHttp drand(config());
    for (const unsigned status : {404U, 425U}) {
        for (const std::string name : {"a", "b", "c"})
            instead[name] = [status](const std::string&) { return json_answer("early", status); };
        EXPECT_EQ(drand.entry(1'001).error().code(), Errc::not_found);
        EXPECT_EQ(take_asked(), "abc");
    }
    instead.clear();
    EXPECT_TRUE(drand.entry(1'001));
}

TEST_F(DrandServers, the_description_is_compared) {
    DrandHttp drand(config());
    EXPECT_EQ(*drand.info(), server.info());
    instead["a"] = [](const std::string&) { return json_answer(testing::kQuicknetInfo); };
    take_asked();
    EXPECT_EQ(*drand.info(), server.info());
    EXPECT_EQ(take_asked(), "ab");
}

TEST_F(DrandServers, the_servers_may_change) {
    auto settings = config();
    settings.servers.clear();
    DrandHttp drand(settings);
    EXPECT_EQ(drand.entry(7).error().code(), Errc::busy);
    drand.set_servers({"http://b//"});
    EXPECT_TRUE(drand.entry(7));
    instead["b"] = [](const std::string&) -> Result<http::Answer> { return fail(Errc::io, "refused"); };
    EXPECT_EQ(drand.entry(8).error().code(), Errc::io);
    take_asked();
    drand.set_servers({"http://b", "http://c"});
    EXPECT_TRUE(drand.entry(8));
    EXPECT_EQ(take_asked(), "c") << "the record of a server stays";
    drand.set_servers({});
    EXPECT_TRUE(drand.entry(8)) << "what is here needs no server";
}

TEST_F(DrandServers, a_node_that_stops_asks_nobody_else) {
    std::atomic<bool> stop = false;
    auto settings = config();
    settings.stop = &stop;
    DrandHttp drand(settings);
    instead["a"] = [&](const std::string&) -> Result<http::Answer> {
        stop = true;
        return fail(Errc::io, "too slow");
    };
    EXPECT_EQ(drand.entry(9).error().code(), Errc::cancelled);
    EXPECT_EQ(take_asked(), "a");
}

TEST(DrandHttps, a_round_of_quicknet) {
    const auto info = decode_info(testing::kQuicknetInfo).value();
    DrandHttp drand({.servers = {std::string(kPublicServers[0])},
                     .hash = chain_hash(info),
                     .chain = info.chain,
                     .unix_time = [] { return std::chrono::milliseconds(1'700'000'000'000); },
                     .get = [](const std::string& url, const http::ClientLimits& limits) -> Result<http::Answer> {
                         EXPECT_EQ(
                             url,
                             "https://api.drand.sh/52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971/"
                             "public/1000");
                         EXPECT_EQ(limits.body_bytes, DrandHttp::kMaxAnswer);
                         return json_answer(testing::kQuicknetRound);
                     }});
    const auto entry = drand.entry(1'000);
    ASSERT_TRUE(entry) << entry.error().message();
    EXPECT_EQ(to_hex(entry->data),
              "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39");
}

TEST(DrandHttps, over_sockets) {
    chain::LocalBeacon beacon("seed");
    DrandServer server(beacon, "seed", kGenesis, 3, [] { return std::chrono::seconds(kGenesis + 3'000); });
    const auto listening = http::Server::start("127.0.0.1", 0, std::ref(server)).value();
    DrandHttp drand({.servers = {"http://127.0.0.1:1", listening->url()},
                     .hash = chain_hash(server.info()),
                     .chain = server.info().chain,
                     .unix_time = [] { return std::chrono::milliseconds((kGenesis + 3'000) * 1'000); }});
    EXPECT_EQ(*drand.info(), server.info());
    EXPECT_EQ(drand.entry(1'000)->data, beacon.entry(1'000)->data);
}

}  // namespace
}  // namespace strata::drand
