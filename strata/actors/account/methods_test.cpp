// Tests the smallest actors. Cases and codes: builtin-actors v18 actors/{account,ethaccount,cron}/tests.
#include <strata/actors/methods.hpp>

#include <strata/actors/account/state.hpp>
#include <strata/actors/cron/state.hpp>
#include <strata/actors/system/state.hpp>
#include <strata/actors/test_runtime.hpp>

namespace strata::actors {
namespace {

constexpr ActorId kAccount = 100;
constexpr ActorId kCaller = 101;

class AccountTest : public testing::ActorTest {
  protected:
    AccountTest() : ActorTest(ActorType::account, account::methods(), kAccount, NativeActor::Unknown::accept_exported) {
        world_.add(kCaller, ActorType::account, 0);
    }
};

TEST_F(AccountTest, HoldsAKeyAddress) {
    const Address secp = Address::secp256k1(Bytes(65, 1));
    const Address bls = Address::bls(Bytes(48, 1));
    for (const auto& key : {secp, bls}) {
        ASSERT_TRUE(ok(call(kSystemId, 1, key)));
        EXPECT_EQ(returned<Address>(call(kCaller, 2)), key);
    }
    EXPECT_TRUE(exits(ExitCode::illegal_argument, call(kSystemId, 1, Address::id(1))));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, call(kSystemId, 1, Address::actor(Bytes(3)))));
    EXPECT_TRUE(exits(ExitCode::forbidden, call(kCaller, 1, bls)));
    EXPECT_TRUE(ok(raw_call(kCaller, kFirstExportedMethod, Bytes{0x80}, 0)));
    EXPECT_TRUE(exits(ExitCode::unhandled_message, raw_call(kCaller, kFirstExportedMethod - 1, Bytes{0x80}, 0)));
}

TEST_F(AccountTest, WrongSignaturesAreRefused) {
    const account::AuthenticateMessageParams params{{0xDE, 0xAD, 0xBE, 0xEF}, {0xC0, 0xFF, 0xEE}};
    for (const auto& key : {Address::secp256k1(Bytes(65, 1)), Address::bls(Bytes(48, 1))}) {
        ASSERT_TRUE(ok(call(kSystemId, 1, key)));
        EXPECT_TRUE(exits(ExitCode::illegal_argument, call(kCaller, account::kAuthenticateMessage, params)));
    }
    set_state(account::State{Address::id(5)});
    EXPECT_TRUE(exits(ExitCode::illegal_state, call(kCaller, account::kAuthenticateMessage, params)));
}

class EthAccountTest : public testing::ActorTest {
  protected:
    EthAccountTest()
        : ActorTest(ActorType::ethaccount, ethaccount::methods(), kAccount, NativeActor::Unknown::accept_exported) {
        world_.add(kCaller, ActorType::account, 0);
    }
    void delegate(const std::optional<Address>& address) {
        auto record = world_.tree.get(kAccount).value().value();
        record.delegated_address = address;
        world_.tree.set(kAccount, record);
    }
};

TEST_F(EthAccountTest, NeedsAnEthereumAddress) {
    EXPECT_TRUE(exits(ExitCode::illegal_argument, call(kSystemId, 1)));
    delegate(Address::delegated(kEamId + 1, Bytes(20, 1)));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, call(kSystemId, 1)));
    delegate(Address::delegated(kEamId, Bytes(20, 1)));
    EXPECT_TRUE(ok(call(kSystemId, 1)));
    EXPECT_TRUE(exits(ExitCode::forbidden, call(kCaller, 1)));
    // FIP-0055: an Ethereum account accepts every exported method.
    EXPECT_TRUE(ok(raw_call(kCaller, kFirstExportedMethod + 5, Bytes{0x80}, 0)));
    EXPECT_TRUE(exits(ExitCode::unhandled_message, raw_call(kCaller, kFirstExportedMethod - 1, Bytes{0x80}, 0)));
}

class CronTest : public testing::ActorTest {
  protected:
    CronTest() : ActorTest(ActorType::cron, cron::methods(), kCronId) {
        for (ActorId id = 1001; id <= 1004; ++id) world_.add(id, ActorType::miner, 0);
    }
};

TEST_F(CronTest, CallsEveryEntryInItsOrder) {
    ASSERT_TRUE(ok(call(kSystemId, 1, cron::State{})));
    EXPECT_TRUE(ok(call(kSystemId, cron::kEpochTick)));
    EXPECT_TRUE(sent_.empty());
    cron::State entries;
    for (ActorId id = 1001; id <= 1004; ++id) entries.entries.push_back({Address::id(id), id});
    ASSERT_TRUE(ok(call(kSystemId, 1, entries)));
    answer(1001, 1001, ExitCode::illegal_state);  // a failure does not stop the others
    answer(1003, 1003, ExitCode::insufficient_funds);
    ASSERT_TRUE(ok(call(kSystemId, cron::kEpochTick)));
    ASSERT_EQ(sent_.size(), 4U);
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_EQ(sent_[i].to, 1001 + i);
        EXPECT_EQ(sent_[i].method, 1001 + i);
        EXPECT_FALSE(sent_[i].params);
    }
    EXPECT_TRUE(exits(ExitCode::forbidden, call(1001, cron::kEpochTick)));
    EXPECT_TRUE(exits(ExitCode::forbidden, call(1001, 1, cron::State{})));
}

class SystemTest : public testing::ActorTest {
  protected:
    SystemTest() : ActorTest(ActorType::system, system::methods(), kSystemId) {}
};

// actors/system/src/lib.rs: the list of actors is empty until genesis fills it.
TEST_F(SystemTest, BeginsWithoutActors) {
    EXPECT_TRUE(exits(ExitCode::forbidden, call(kCronId, 1)));
    ASSERT_TRUE(ok(call(kSystemId, 1)));
    EXPECT_EQ(world_.store.get(state<system::State>().builtin_actors).value(), Bytes{0x80});
}

}  // namespace
}  // namespace strata::actors
