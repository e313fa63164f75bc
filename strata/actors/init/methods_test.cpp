// Cases and codes: builtin-actors v18 actors/init/tests/init_actor_test.rs. Delegated addresses: FIP-0048.
#include <strata/actors/methods.hpp>

#include <strata/actors/init/types.hpp>
#include <strata/actors/test_runtime.hpp>

namespace strata::actors::init {
namespace {

constexpr ActorId kAnne = 1001;
constexpr ActorId kFirst = 100;  // FIRST_NON_SINGLETON_ADDR

struct ConstructorParams {
    std::string network_name;
    STRATA_CBOR_TUPLE(network_name);
};

class InitTest : public actors::testing::ActorTest {
  protected:
    InitTest() : ActorTest(ActorType::init, methods(), kInitId) {
        world_.add(kAnne, ActorType::account, fil(1));
        EXPECT_TRUE(ok(call(kSystemId, 1, ConstructorParams{"mock"})));
    }
    Cid code(ActorType type) { return world_.manifest.codes.at(type); }
    vm::CallResult exec(ActorId caller, ActorType type, const Bytes& params = {0x01}, const TokenAmount& value = 0) {
        return call(caller, kExec, ExecParams{code(type), params}, value);
    }
    vm::CallResult exec4(ActorId caller, const Bytes& subaddress, ActorType type = ActorType::evm) {
        return call(caller, kExec4, Exec4Params{code(type), {0x01}, subaddress});
    }
    std::optional<ActorId> at_address(const Address& address) { return world_.tree.resolve(address).value(); }
    vm::ActorState actor(ActorId id) { return world_.tree.get(id).value().value(); }
};

TEST_F(InitTest, Constructor) {
    EXPECT_EQ(state<vm::InitState>().next_id, kFirst);
    EXPECT_EQ(state<vm::InitState>().network_name, "mock");
    EXPECT_TRUE(exits(ExitCode::forbidden, call(kAnne, 1, ConstructorParams{"mock"})));
}

TEST_F(InitTest, ExecCreatesAndConstructs) {
    const auto made = returned<ExecReturn>(exec(kAnne, ActorType::multisig, {1, 2, 3}, 7));
    EXPECT_EQ(made.id_address, Address::id(kFirst));
    EXPECT_EQ(made.robust_address.protocol(), Address::Protocol::actor);
    EXPECT_EQ(at_address(made.robust_address), kFirst);
    EXPECT_EQ(actor(kFirst).code, code(ActorType::multisig));
    EXPECT_EQ(actor(kFirst).balance, TokenAmount(7));
    EXPECT_FALSE(actor(kFirst).delegated_address);
    ASSERT_EQ(sent_.size(), 1U);
    EXPECT_EQ(sent_[0].to, kFirst);
    EXPECT_EQ(sent_[0].method, 1U);
    EXPECT_EQ(sent_[0].params, (Bytes{1, 2, 3}));
    EXPECT_EQ(sent_[0].value, TokenAmount(7));
    const auto second = returned<ExecReturn>(exec(kAnne, ActorType::payment_channel));
    EXPECT_EQ(second.id_address, Address::id(kFirst + 1));
    EXPECT_NE(second.robust_address, made.robust_address);
    EXPECT_EQ(state<vm::InitState>().next_id, kFirst + 2);
}

TEST_F(InitTest, WhoMayCreateWhat) {
    for (const auto type : {ActorType::miner, ActorType::power, ActorType::account, ActorType::evm,
                            ActorType::ethaccount, ActorType::init})
        EXPECT_TRUE(exits(ExitCode::forbidden, exec(kAnne, type))) << static_cast<int>(type);
    EXPECT_TRUE(ok(exec(kPowerId, ActorType::miner)));
    EXPECT_TRUE(exits(ExitCode::forbidden, exec(kPowerId, ActorType::power)));
    EXPECT_TRUE(exits(ExitCode::forbidden, call(kAnne, kExec, ExecParams{Cid::hash_of(Codec::raw, Bytes{99}), {}})));
}

TEST_F(InitTest, AFailedConstructorLeavesNoTrace) {
    answer(kFirst, 1, ExitCode::illegal_state);
    const auto before = world_.tree.get(kInitId).value().value().head;
    EXPECT_TRUE(exits(ExitCode::illegal_state, exec(kAnne, ActorType::multisig)));
    EXPECT_EQ(world_.tree.get(kInitId).value().value().head, before);
    EXPECT_FALSE(world_.tree.get(kFirst).value());
}

TEST_F(InitTest, ARobustAddressIsGivenOnce) {
    nonce_ = 50;
    const auto made = returned<ExecReturn>(exec(kAnne, ActorType::multisig));
    nonce_ = 50;  // the same message again would compute the same address
    EXPECT_TRUE(exits(ExitCode::forbidden, exec(kAnne, ActorType::multisig)));
    EXPECT_EQ(at_address(made.robust_address), kFirst);
    EXPECT_EQ(state<vm::InitState>().next_id, kFirst + 1);
}

TEST_F(InitTest, Exec4GivesADelegatedAddress) {
    const Bytes subaddress = to_bytes(as_bytes("foobar"));
    EXPECT_TRUE(exits(ExitCode::forbidden, exec4(kAnne, subaddress)));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, exec4(kEamId, Bytes(55, 1))));
    const auto made = returned<ExecReturn>(exec4(kEamId, subaddress));
    const Address delegated = Address::delegated(kEamId, subaddress);
    EXPECT_EQ(made.id_address, Address::id(kFirst));
    EXPECT_EQ(at_address(delegated), kFirst);
    EXPECT_EQ(at_address(made.robust_address), kFirst);
    EXPECT_EQ(actor(kFirst).delegated_address, delegated);
    // The address stays assigned, even after its actor was deleted.
    EXPECT_TRUE(exits(ExitCode::forbidden, exec4(kEamId, subaddress)));
    world_.tree.remove(kFirst);
    EXPECT_TRUE(exits(ExitCode::forbidden, exec4(kEamId, subaddress)));
}

TEST_F(InitTest, Exec4ReplacesAPlaceholder) {
    constexpr ActorId placeholder = 555;
    const Bytes subaddress = to_bytes(as_bytes("foobar"));
    const Address delegated = Address::delegated(kEamId, subaddress);
    world_.add(placeholder, ActorType::placeholder, 3);
    auto record = actor(placeholder);
    record.delegated_address = delegated;
    record.sequence = 4;
    world_.tree.set(placeholder, record);
    name(delegated, placeholder);
    const auto made = returned<ExecReturn>(exec4(kEamId, subaddress));
    EXPECT_EQ(made.id_address, Address::id(placeholder));
    EXPECT_EQ(state<vm::InitState>().next_id, kFirst);  // no ID is used up
    EXPECT_EQ(actor(placeholder).code, code(ActorType::evm));
    EXPECT_EQ(actor(placeholder).balance, TokenAmount(3));
    EXPECT_EQ(actor(placeholder).sequence, 4U);
    EXPECT_EQ(at_address(made.robust_address), placeholder);
}

}  // namespace
}  // namespace strata::actors::init
