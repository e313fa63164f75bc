// Bounds of proposals: builtin-actors actors/market/src/policy.rs (180 to 1,278 days; 128 bytes at least), lib.rs.
#include <strata/market/deal_checks.hpp>

#include <gtest/gtest.h>

#include <strata/market/test_deals.hpp>

namespace strata::market {
namespace {

struct Checks : ::testing::Test {
    const chain::Network network = chain::devnet_2k();
    const Ask ask{TokenAmount(0), 2048, 300};
    const DealRules rules{Address::id(1000), ask, 2048, network};
    DealRecord deal = testing::deal_of(testing::piece_of(Bytes(1000, 1)), "label");

    std::string why(auto change, std::uint64_t size = 1000) {
        auto changed = deal.deal;
        change(changed.proposal);
        const auto checked = check_terms(rules, changed, size);
        return checked ? "" : checked.error().message();
    }
};
using P = DealProposal&;

TEST_F(Checks, terms) {
    EXPECT_EQ(why([](P) {}), "");
    EXPECT_EQ(why([](P p) { p.provider = Address::id(7); }), "the deal's provider is t07, expected t01000");
    EXPECT_EQ(why([](P p) { p.piece_cid = Cid::constant("bafkqaaa"); }),
              "bafkqaaa is not a piece CID (fil-commitment-unsealed)");
    EXPECT_NE(why([](P p) { p.piece_size = 64; }), "");
    EXPECT_NE(why([](P p) { p.piece_size = 0; }), "");
    EXPECT_NE(why([](P p) { p.piece_size = std::uint64_t{1} << 63; }), "");
    EXPECT_EQ(why([](P p) { p.piece_size = 1000; }),
              "the piece size is 1000, expected a power of two of at least 128 bytes");
    EXPECT_EQ(why([](P p) { p.label.value = std::string(256, 'x'); }), "");
    EXPECT_NE(why([](P p) { p.label.value = Bytes(257); }), "");
    EXPECT_EQ(why([](P) {}, 1016), "") << "127 of 128 bytes";
    EXPECT_NE(why([](P) {}, 1017), "");
    EXPECT_NE(why([](P) {}, 0), "");
}

TEST_F(Checks, durations) {
    EXPECT_EQ(why([](P p) { p.end_epoch = p.start_epoch + 180 * 2880; }), "");
    EXPECT_NE(why([](P p) { p.end_epoch = p.start_epoch + 180 * 2880 - 1; }), "");
    EXPECT_EQ(why([](P p) { p.end_epoch = p.start_epoch + 1278 * 2880; }), "");
    EXPECT_NE(why([](P p) { p.end_epoch = p.start_epoch + 1278 * 2880 + 1; }), "");
    // The difference of these epochs does not fit into 64 bits.
    EXPECT_NE(why([](P p) { p.start_epoch = INT64_MIN; }), "");
    EXPECT_NE(why([](P p) { p.start_epoch = -1; }), "");
    EXPECT_NE(why([](P p) { p.end_epoch = INT64_MAX; }), "");
}

TEST_F(Checks, times) {
    auto proposal = deal.deal.proposal;
    EXPECT_TRUE(check_times(proposal, 700, 300));
    EXPECT_FALSE(check_times(proposal, 701, 300));
    proposal.end_epoch = 700 + 1277 * 2880;
    EXPECT_TRUE(check_times(proposal, 700, 300));
    EXPECT_FALSE(check_times(proposal, 699, 300));
}

}  // namespace
}  // namespace strata::market
