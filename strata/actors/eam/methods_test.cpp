// Addresses of contracts, against values published for Ethereum (EIP-1014 for CREATE2, and the externally generated
// cases of builtin-actors v18 actors/eam/src/lib.rs). The creation of contracts: actors/eam/tests/create.rs, FIP-0055.
#include <strata/actors/methods.hpp>

#include <strata/actors/eam/types.hpp>
#include <strata/actors/init/types.hpp>
#include <strata/actors/test_runtime.hpp>
#include <strata/base/hex.hpp>

namespace strata::actors::eam {
namespace {

constexpr ActorId kCaller = 101;
constexpr ActorId kNew = 1234;
constexpr MethodNumber kResurrect = 2;      // a method of contracts
constexpr MethodNumber kPubkeyAddress = 2;  // a method of accounts

// Runs the manager's code, which asks init to create the contract.
class EamTest : public actors::testing::ActorTest {
  protected:
    EamTest()
        : ActorTest(ActorType::eam, methods(), kEamId, NativeActor::Unknown::refuse, NativeActor::Internal::open) {
        answer_with(kInitId, init::kExec4, init::ExecReturn{Address::id(kNew), Address::id(kNew)});
    }
    void caller_is(ActorType type, std::string_view eth) {
        world_.add(kCaller, type, 0);
        delegate(kCaller, Address::delegated(kEamId, from_hex(eth).value()));
    }
    void delegate(ActorId id, const std::optional<Address>& address) {
        auto record = world_.tree.get(id).value().value();
        record.delegated_address = address;
        world_.tree.set(id, record);
    }
    /// Returns the address that init was asked to assign; "exit N" if the call failed.
    std::string address_of(const vm::CallResult& result) {
        if (result.exit_code != ExitCode::ok)
            return "exit " + std::to_string(static_cast<std::uint32_t>(result.exit_code));
        const auto out = returned<CreateReturn>(result);
        EXPECT_EQ(out.actor_id, kNew);
        const auto asked = sent_to(kInitId, init::kExec4);
        EXPECT_EQ(asked.size(), 1U);
        if (asked.empty()) return "init was not asked";
        const auto params = asked[0].as<init::Exec4Params>();
        EXPECT_EQ(params.code, world_.manifest.codes.at(ActorType::evm));
        EXPECT_EQ(to_hex(out.eth_address), to_hex(params.subaddress));
        creator_ = from_cbor<ContractParams>(params.constructor_params)->creator;
        return to_hex(params.subaddress);
    }
    std::string create1(std::string_view sender, Nonce nonce) {
        caller_is(ActorType::ethaccount, sender);
        nonce_ = nonce;
        return address_of(call(kCaller, 4, Bytes{1}));
    }
    std::string create2(std::string_view sender, std::string_view salt, std::string_view code) {
        caller_is(ActorType::evm, sender);
        Create2Params params{from_hex(code).value(), {}};
        std::ranges::copy(from_hex(salt).value(), params.salt.begin());
        return address_of(call(kCaller, 3, params));
    }
    EthAddress creator_{};  // the creator of the latest contract
};

std::string repeated(std::string_view byte, int count) {
    std::string out;
    for (int i = 0; i < count; ++i) out += byte;
    return out;
}
const std::string kZero(40, '0');
const std::string kZeroSalt(64, '0');

TEST_F(EamTest, Create) {
    EXPECT_EQ(create1(kZero, 0), "bd770416a3345f91e4b34576cb804a576fa48eb1");
    EXPECT_EQ(create1(kZero, 200), "a6b14387c1356b443061155e9c3e17f72c1777e5");
    EXPECT_EQ(create1(repeated("7b", 20), 12345), "809a9ab0471e78ee5100e96ca4d0828d1b97e2ba");
    EXPECT_EQ(to_hex(creator_), repeated("7b", 20));
    caller_is(ActorType::evm, kZero);
    EXPECT_EQ(address_of(call(kCaller, 2, CreateParams{{1}, 200})), "a6b14387c1356b443061155e9c3e17f72c1777e5");
}

TEST_F(EamTest, Create2) {
    EXPECT_EQ(create2(kZero, kZeroSalt, "00"), "4d1a2e2bb4f88f0250f26ffff098b0b30b26bf38");
    EXPECT_EQ(create2("deadbeef00000000000000000000000000000000", kZeroSalt, "00"),
              "b928f69bb1d91cd65274e3c79d8986362984fda3");
    EXPECT_EQ(create2(kZero, kZeroSalt, ""), "e33c0c7f7df4809055c3eba6c09cfe4baf1bd9e0");
    EXPECT_EQ(create2(repeated("99", 20), repeated("42", 32), "666f6f626172"),
              "64425c93a90901271fa355c2bc462190803b97d4");
}

TEST_F(EamTest, OnlyAccountsAndContractsCreate) {
    caller_is(ActorType::multisig, kZero);
    EXPECT_EQ(address_of(call(kCaller, 4, Bytes{1})), "exit 18");
    EXPECT_EQ(address_of(call(kCaller, 2, CreateParams{{1}, 0})), "exit 18");
    caller_is(ActorType::ethaccount, kZero);
    EXPECT_EQ(address_of(call(kCaller, 2, CreateParams{{1}, 0})), "exit 18");
    EXPECT_EQ(address_of(call(kCaller, 3, Create2Params{{1}, {}})), "exit 18");
    // A contract without an Ethereum address cannot create contracts.
    caller_is(ActorType::evm, kZero);
    delegate(kCaller, {});
    EXPECT_EQ(address_of(call(kCaller, 2, CreateParams{{1}, 0})), "exit 18");
    delegate(kCaller, Address::delegated(kEamId, Bytes(19, 1)));
    EXPECT_EQ(address_of(call(kCaller, 2, CreateParams{{1}, 0})), "exit 18");
}

TEST_F(EamTest, TheConstructorIsForTheSystem) {
    EXPECT_TRUE(ok(call(kSystemId, 1)));
    world_.add(kCaller, ActorType::account, 0);
    EXPECT_TRUE(exits(ExitCode::forbidden, call(kCaller, 1)));
}

TEST_F(EamTest, APlaceholderIsReplacedAndAnActorIsNot) {
    constexpr ActorId target = 555;
    const Bytes subaddress = from_hex("bd770416a3345f91e4b34576cb804a576fa48eb1").value();
    world_.add(target, ActorType::placeholder, 0);
    name(Address::delegated(kEamId, subaddress), target);
    EXPECT_EQ(create1(kZero, 0), to_hex(subaddress));  // init gives it the placeholder's ID
    world_.add(target, ActorType::ethaccount, 0);
    EXPECT_EQ(create1(kZero, 0), "exit 18");
}

TEST_F(EamTest, ADeadContractIsResurrected) {
    constexpr ActorId target = 555;
    world_.add(target, ActorType::evm, 0);
    name(Address::delegated(kEamId, from_hex("bd770416a3345f91e4b34576cb804a576fa48eb1").value()), target);
    caller_is(ActorType::evm, kZero);
    const auto out = returned<CreateReturn>(call(kCaller, 2, CreateParams{{0xff}, 0}));
    EXPECT_EQ(out.actor_id, target);
    EXPECT_FALSE(out.robust_address);
    EXPECT_TRUE(sent_to(kInitId, init::kExec4).empty());
    const auto asked = sent_to(target, kResurrect);
    ASSERT_EQ(asked.size(), 1U);
    EXPECT_EQ(asked[0].as<ContractParams>().initcode, Bytes{0xff});
    answer(target, kResurrect, ExitCode::forbidden);  // it did not destroy itself
    EXPECT_TRUE(exits(ExitCode::forbidden, call(kCaller, 2, CreateParams{{0xff}, 0})));
}

// FIP-0055: the address of a native account's contract depends on its key, and the contract sees the account's ID.
TEST_F(EamTest, NativeAccountsCreateByTheirKey) {
    world_.add(kCaller, ActorType::account, 0);
    answer_with(kCaller, kPubkeyAddress, Address::secp256k1(Bytes(65, 1)));
    nonce_ = 7;
    const auto first = address_of(call(kCaller, 4, Bytes{1}));
    EXPECT_EQ(to_hex(creator_), "ff" + std::string(22, '0') + "0000000000000065");
    nonce_ = 7;
    EXPECT_EQ(address_of(call(kCaller, 4, Bytes{1})), first);
    EXPECT_NE(address_of(call(kCaller, 4, Bytes{1})), first);  // the next nonce
    answer(kCaller, kPubkeyAddress, ExitCode::illegal_state);
    EXPECT_EQ(address_of(call(kCaller, 4, Bytes{1})), "exit 20");
    answer(kCaller, kPubkeyAddress, ExitCode::ok);
    EXPECT_EQ(address_of(call(kCaller, 4, Bytes{1})), "exit 24");
    answer(kCaller, kPubkeyAddress, ExitCode::ok, Bytes{0x05});
    EXPECT_EQ(address_of(call(kCaller, 4, Bytes{1})), "exit 21");
}

}  // namespace
}  // namespace strata::actors::eam
