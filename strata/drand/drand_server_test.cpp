// Protects the answers of a local beacon in drand's form. The description is the one that drand's own library gave for
// the same seed (vectors/lotus-devnet/real/network.json; oracle/net/cmd/beacon).
#include <strata/drand/drand_server.hpp>

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <strata/base/hex.hpp>
#include <strata/chain/beacon.hpp>
#include <strata/drand/test_drand.hpp>
#include <strata/testing/vectors.hpp>

namespace strata::drand {
namespace {

struct Served {
    std::uint64_t now = 1'692'803'367 + 30;  // round 11
    chain::LocalBeacon beacon{"strata main"};
    DrandServer server{beacon, "strata main", 1'692'803'367, 3, [this] { return std::chrono::seconds(now); }};
    std::string hash = to_hex(chain_hash(server.info()));

    http::Response get(const std::string& path, const std::string& method = "GET") {
        return server(testing::request_for(path, method));
    }
    std::string text(const std::string& path) { return std::string(as_text(std::get<Bytes>(get(path).body))); }
};

TEST(LocalDrands, the_description_is_that_of_drands_library) {
    Served served;
    const auto info = decode_info(served.text("/info"));
    ASSERT_TRUE(info) << info.error().message();
    EXPECT_EQ(*info, served.server.info());
    EXPECT_EQ(served.text("/" + served.hash + "/info"), served.text("/info"));
    const auto folder = strata::testing::find_vectors("lotus-devnet/real/network.json");
    ASSERT_TRUE(folder);
    const auto text = strata::testing::read_file(*folder);
    EXPECT_TRUE(text.contains(served.hash)) << served.hash;
}

TEST(LocalDrands, rounds_that_are_out) {
    Served served;
    const auto latest = decode_round(served.text("/public/latest"));
    ASSERT_TRUE(latest);
    EXPECT_EQ(latest->round, 11U);
    EXPECT_TRUE(chain::verify_beacon_entry(served.server.info().chain, *latest));
    EXPECT_EQ(served.text("/" + served.hash + "/public/11"), served.text("/public/latest"));
    EXPECT_EQ(decode_round(served.text("/public/1"))->round, 1U);
}

TEST(LocalDrands, refusals) {
    Served served;
    EXPECT_EQ(served.get("/public/12").status, 404U);
    EXPECT_EQ(served.text("/public/12"), "round 12 is out at 1692803400 (Unix time)\n");
    for (const auto* path : {"/public/0", "/public/", "/public/-1", "/public/1x", "/public/99999999999999999999"})
        EXPECT_EQ(served.get(path).status, 400U) << path;
    for (const auto* path : {"/", "/other", "/public", "/infos", "/00/info"})
        EXPECT_EQ(served.get(path).status, 404U) << path;
    EXPECT_EQ(served.get("/info", "POST").status, 405U);
    served.now = 5;
    EXPECT_EQ(served.get("/public/latest").status, 404U) << "before the first round";
}

}  // namespace
}  // namespace strata::drand
