// Addresses of contracts, against values published for Ethereum (EIP-1014 for CREATE2).
#include <strata/actors/methods.hpp>

#include <gtest/gtest.h>

#include <strata/actors/eam/types.hpp>
#include <strata/actors/init/types.hpp>
#include <strata/base/hex.hpp>
#include <strata/vm/test_world.hpp>

namespace strata::actors::eam {
namespace {

constexpr ActorId kCaller = 101;

// Runs the manager's code; init writes down which address it was to give.
class EamTest : public ::testing::Test {
  protected:
    EamTest() {
        world_.add(kEamId, ActorType::eam, 0);
        world_.code(ActorType::eam, [](vm::Kernel& kernel, vm::BlockId params) {
            return NativeActor(mainnet_policy(), methods(), NativeActor::Unknown::refuse, NativeActor::Internal::open)
                .invoke(kernel, params);
        });
        world_.code(ActorType::init, [this](vm::Kernel& kernel, vm::BlockId params) -> vm::Syscall<vm::ActorExit> {
            STRATA_TRY(const auto stat, kernel.block_stat(params));
            Bytes raw(stat.size);
            STRATA_OK(kernel.block_read(params, 0, raw));
            asked_ = from_cbor<init::Exec4Params>(raw).value();
            const Bytes created = to_cbor(init::ExecReturn{Address::id(1234), Address::id(1234)});
            STRATA_TRY(const auto data, kernel.block_create(Codec::cbor, created));
            return vm::ActorExit{ExitCode::ok, data, {}};
        });
    }

    std::string create(ActorType caller, std::string_view eth, Nonce nonce, MethodNumber method, const Bytes& params) {
        world_.add(kCaller, caller, 0);
        auto record = world_.tree.get(kCaller).value().value();
        record.delegated_address = Address::delegated(kEamId, from_hex(eth).value());
        world_.tree.set(kCaller, record);
        vm::GasTracker gas(vm::gas(10'000'000'000));
        vm::CallManager calls(world_.config, world_.manifest, world_.doors(), world_.tree, gas,
                              {kCaller, Address::id(kCaller), nonce, 0, kEamId});
        const vm::Block block{Codec::cbor, std::make_shared<const Bytes>(params), {}};
        const auto result = calls.call({kCaller, Address::id(kEamId), method, block, 0, {}, false}).value();
        if (result.exit_code != ExitCode::ok)
            return "exit " + std::to_string(static_cast<std::uint32_t>(result.exit_code));
        const auto returned = from_cbor<CreateReturn>(*result.data->data).value();
        EXPECT_EQ(to_hex(returned.eth_address), to_hex(asked_.subaddress));
        EXPECT_EQ(returned.actor_id, 1234U);
        return to_hex(asked_.subaddress);
    }
    std::string create1(std::string_view sender, Nonce nonce) {
        return create(ActorType::ethaccount, sender, nonce, 4, to_cbor(Bytes{1}));
    }
    std::string create2(std::string_view sender, std::string_view salt, std::string_view code) {
        Create2Params params{from_hex(code).value(), {}};
        std::ranges::copy(from_hex(salt).value(), params.salt.begin());
        return create(ActorType::evm, sender, 0, 3, to_cbor(params));
    }

    vm::testing::World world_;
    init::Exec4Params asked_;
};

const std::string kZero(40, '0');
const std::string kZeroSalt(64, '0');

TEST_F(EamTest, Create) {
    EXPECT_EQ(create1(kZero, 0), "bd770416a3345f91e4b34576cb804a576fa48eb1");
    EXPECT_EQ(create1(kZero, 200), "a6b14387c1356b443061155e9c3e17f72c1777e5");
    std::string sender;
    for (int i = 0; i < 20; ++i) sender += "7b";
    EXPECT_EQ(create1(sender, 12345), "809a9ab0471e78ee5100e96ca4d0828d1b97e2ba");
    EXPECT_EQ(create(ActorType::evm, kZero, 0, 2, to_cbor(CreateParams{{1}, 200})), create1(kZero, 200));
}

TEST_F(EamTest, Create2) {
    EXPECT_EQ(create2(kZero, kZeroSalt, "00"), "4d1a2e2bb4f88f0250f26ffff098b0b30b26bf38");
    EXPECT_EQ(create2("deadbeef00000000000000000000000000000000", kZeroSalt, "00"),
              "b928f69bb1d91cd65274e3c79d8986362984fda3");
    EXPECT_EQ(create2(kZero, kZeroSalt, ""), "e33c0c7f7df4809055c3eba6c09cfe4baf1bd9e0");
}

TEST_F(EamTest, OnlyAccountsAndContractsCreate) {
    EXPECT_EQ(create(ActorType::multisig, kZero, 0, 4, to_cbor(Bytes{1})), "exit 18");
    EXPECT_EQ(create(ActorType::ethaccount, kZero, 0, 2, to_cbor(CreateParams{{1}, 0})), "exit 18");
}

}  // namespace
}  // namespace strata::actors::eam
