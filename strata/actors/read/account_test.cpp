#include <strata/actors/read/account.hpp>

#include <strata/actors/multisig/state.hpp>
#include <strata/actors/read/multisig.hpp>
#include <strata/actors/read/system.hpp>
#include <strata/actors/read/test_recorded.hpp>

namespace strata::actors::read {
namespace {

class ReadAccount : public testing::Recorded {};

TEST_F(ReadAccount, KeyOfAnId) {
    const auto key = address("t1wu6pyycbrjnmqfql4urh3xbg5crahn5pfedxyqa");
    EXPECT_EQ(key_of(tree_, Address::id(1002)).value(), key);
    EXPECT_EQ(key_of(tree_, key).value(), key);
    EXPECT_EQ(account_key(blocks_, actor(1002)).value(), key);
    EXPECT_EQ(key_of(tree_, Address::id(4711)).error().code(), Errc::not_found);
    EXPECT_EQ(key_of(tree_, Address::id(1006)).error().code(), Errc::malformed) << "a multisig wallet has no key";
}

TEST_F(ReadAccount, Contract) {
    const auto contract = load_contract(blocks_, actor(1009)).value();
    EXPECT_EQ(contract.bytecode.to_string(), "bafk2bzacec6uv3gfi6ujcmbi3clnbh6xkix6lugqfu7ochrm3xsv6xlwqgwla");
    EXPECT_EQ(contract.nonce, 3U);
    EXPECT_FALSE(contract.destroyed);
}

TEST_F(ReadAccount, Multisig) {
    const auto wallet = Multisig::load(blocks_, actor(1006)).value();
    EXPECT_EQ(wallet.vesting().initial_balance, fil(50));
    EXPECT_EQ(wallet.vesting().start, 0);
    EXPECT_EQ(wallet.vesting().duration, 1000);
    EXPECT_EQ(wallet.available(kEpoch), fil(67));
    EXPECT_EQ(wallet.locked(500), fil(25));
    std::size_t pending = 0;
    EXPECT_TRUE(wallet.for_each_pending([&](std::int64_t, const multisig::Transaction&) -> Status {
        ++pending;
        return {};
    }));
    EXPECT_EQ(pending, 0U);
}

TEST_F(ReadAccount, NamesAndAddresses) {
    EXPECT_EQ(network_name(tree_).value(), "strata-long");
    EXPECT_EQ(manifest_data(tree_).value().to_string(),
              "bafy2bzacebpmfblssoxmmtc5g3md54tpjf7a2q2avm37wdh35533w6akw5y6o");
    const auto check_may_continue = [] { return Status(); };
    EXPECT_EQ(find_address(tree_, 1000, check_may_continue).value(),
              address("t26t4rln6m6evx2qfewf2erqn6ssuq6bcqwtob6ai"));
    EXPECT_FALSE(find_address(tree_, 99, check_may_continue).value());
    const auto stopped = find_address(tree_, 1000, [] { return Status(Errc::cancelled); });
    EXPECT_EQ(stopped.error().code(), Errc::cancelled);
}

}  // namespace
}  // namespace strata::actors::read
