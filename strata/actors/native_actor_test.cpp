// Rules of dispatch and of sends that all built-in actors share (docs/protocol/fvm.md §8.1; builtin-actors
// runtime/src).
#include <strata/actors/native_actor.hpp>

#include <gtest/gtest.h>

#include <strata/actors/bundle.hpp>
#include <strata/actors/table.hpp>
#include <strata/vm/test_world.hpp>

namespace strata::actors {
namespace {

constexpr ActorId kCaller = 101;
constexpr ActorId kActor = 102;
constexpr ActorId kTarget = 103;

Done takes_nothing(Runtime& rt) {
    return rt.accept_any();
}
ActorResult<std::uint64_t> doubles(Runtime& rt, const std::uint64_t& value) {
    STRATA_OK(rt.accept_any());
    return 2 * value;
}
Done forgets_the_caller(Runtime&) {
    return {};
}
Done asks_twice(Runtime& rt) {
    STRATA_OK(rt.accept_any());
    return rt.accept_any();
}
ActorResult<std::uint64_t> asks_target(Runtime& rt) {
    STRATA_OK(rt.accept_any());
    return rt.ask<std::uint64_t>(Address::id(kTarget), 2, std::nullopt);
}
constexpr MethodNumber kExported = kFirstExportedMethod + 1;
constexpr Method kMethods[] = {method<&takes_nothing>(2), method<&doubles>(3),     method<&forgets_the_caller>(4),
                               method<&asks_twice>(5),    method<&asks_target>(6), method<&doubles>(kExported)};

class NativeActorTest : public ::testing::Test {
  protected:
    void SetUp() override {
        world_.add(kCaller, ActorType::account, 0);
        world_.add(kActor, ActorType::market, 0);
        world_.add(kTarget, ActorType::payment_channel, 0);
        world_.code(ActorType::market, [this](vm::Kernel& kernel, vm::BlockId params) {
            return NativeActor(mainnet_policy(), kMethods, unknown_, internal_).invoke(kernel, params);
        });
    }
    vm::CallResult run(MethodNumber method, const std::optional<Bytes>& params = {}, ActorId caller = kCaller) {
        vm::GasTracker gas(vm::gas(10'000'000'000));
        vm::CallManager calls(world_.config, world_.manifest, world_.doors(), world_.tree, gas,
                              {kCaller, Address::id(kCaller), 7, 0, kActor});
        std::optional<vm::Block> block;
        if (params) block = vm::Block{Codec::cbor, std::make_shared<const Bytes>(*params), {}};
        return calls.call({caller, Address::id(kActor), method, block, 0, {}, false}).value();
    }
    ExitCode call(MethodNumber method, const std::optional<Bytes>& params = {}, ActorId caller = kCaller) {
        return run(method, params, caller).exit_code;
    }
    void target_ends(ExitCode code, const std::optional<Bytes>& data = {}) {
        world_.code(ActorType::payment_channel, [=](vm::Kernel& kernel, vm::BlockId) -> vm::Syscall<vm::ActorExit> {
            vm::ActorExit exit{code, vm::kNoBlock, {}};
            if (data) {
                STRATA_TRY(exit.data, kernel.block_create(Codec::cbor, *data));
            }
            return exit;
        });
    }

    NativeActor::Unknown unknown_ = NativeActor::Unknown::refuse;
    NativeActor::Internal internal_ = NativeActor::Internal::restricted;
    vm::testing::World world_;
};

TEST_F(NativeActorTest, ParametersAndReturns) {
    EXPECT_EQ(call(2), ExitCode::ok);
    EXPECT_FALSE(run(2).data);
    EXPECT_EQ(call(2, to_cbor(std::uint64_t{1})), ExitCode::illegal_argument);
    EXPECT_EQ(call(3), ExitCode::illegal_argument);
    EXPECT_EQ(call(3, to_cbor(std::string("3"))), ExitCode::serialization);
    const auto doubled = run(3, to_cbor(std::uint64_t{21}));
    ASSERT_EQ(doubled.exit_code, ExitCode::ok);
    EXPECT_EQ(doubled.data->codec, Codec::cbor);
    EXPECT_EQ(*doubled.data->data, to_cbor(std::uint64_t{42}));
}

// The crates of the official actors read 21 in a head of two bytes too (ipld/cbor_official_test.cpp).
TEST_F(NativeActorTest, ParametersAndAnswersAreReadAsByTheOfficialActors) {
    const auto doubled = run(3, Bytes{0x18, 21});
    ASSERT_EQ(doubled.exit_code, ExitCode::ok);
    EXPECT_EQ(*doubled.data->data, to_cbor(std::uint64_t{42}));
    target_ends(ExitCode::ok, Bytes{0x18, 21});
    EXPECT_EQ(*run(6).data->data, to_cbor(std::uint64_t{21}));
}

TEST_F(NativeActorTest, CallerIsValidatedExactlyOnce) {
    EXPECT_EQ(call(4), ExitCode::assertion_failed);
    EXPECT_EQ(call(5), ExitCode::assertion_failed);
}

TEST_F(NativeActorTest, UnknownMethods) {
    EXPECT_EQ(call(77), ExitCode::unhandled_message);
    EXPECT_EQ(call(kExported + 1), ExitCode::unhandled_message);
    unknown_ = NativeActor::Unknown::accept_exported;
    EXPECT_EQ(call(77), ExitCode::unhandled_message);
    EXPECT_EQ(call(kExported + 1, Bytes{0xff}), ExitCode::ok);
}

TEST_F(NativeActorTest, InternalMethodsAreForBuiltInActorsOnly) {
    constexpr ActorId contract = 104;
    world_.add(contract, ActorType::evm, 0);
    EXPECT_EQ(call(2, {}, contract), ExitCode::forbidden);
    EXPECT_EQ(call(kExported, to_cbor(std::uint64_t{1}), contract), ExitCode::ok);
    internal_ = NativeActor::Internal::open;
    EXPECT_EQ(call(2, {}, contract), ExitCode::ok);
}

TEST_F(NativeActorTest, CodesOfFailedSendsArePassedOn) {
    target_ends(ExitCode::ok);  // the call returns no data, although the caller expects some
    EXPECT_EQ(call(6), ExitCode::assertion_failed);
    target_ends(ExitCode::ok, Bytes{0x60});
    EXPECT_EQ(call(6), ExitCode::serialization);
    target_ends(ExitCode::ok, Bytes{0x05});
    EXPECT_EQ(call(6), ExitCode::ok);
    target_ends(ExitCode{40}, Bytes{0x07});
    const auto failed = run(6);
    EXPECT_EQ(failed.exit_code, ExitCode{40});
    ASSERT_TRUE(failed.data);
    EXPECT_EQ(*failed.data->data, Bytes{0x07});
    EXPECT_EQ(code_to_pass_on(ExitCode::sys_illegal_exit_code), ExitCode::unspecified);
    EXPECT_EQ(code_to_pass_on(ExitCode::sys_missing_return), ExitCode::unspecified);
    EXPECT_EQ(code_to_pass_on(ExitCode::sys_out_of_gas), ExitCode::assertion_failed);
    EXPECT_EQ(code_to_pass_on(ExitCode::not_found), ExitCode::not_found);
}

TEST(NativeActors, AnswerForTheCodesOfTheirVersionOnly) {
    const auto table = native_actors();
    const auto manifest = [](ActorBundle name) { return &find_bundle(name, 18)->manifest; };
    for (const auto* bundle : {manifest(ActorBundle::mainnet), manifest(ActorBundle::calibnet),
                               manifest(ActorBundle::butterflynet), &devnet_bundle()}) {
        for (const auto type :
             {ActorType::system, ActorType::init, ActorType::cron, ActorType::reward, ActorType::power,
              ActorType::market, ActorType::verified_registry, ActorType::datacap, ActorType::eam, ActorType::evm})
            EXPECT_NE(table->find(bundle->codes.at(type), type), nullptr);
        EXPECT_TRUE(table->knows(bundle->codes.at(ActorType::evm), ActorType::evm));
    }
    EXPECT_TRUE(
        table->knows(find_bundle(ActorBundle::devnet, 17)->manifest.codes.at(ActorType::reward), ActorType::reward));
    const auto type = ActorType::multisig;
    // Each actor has the policy with which its bundle was built.
    const auto& mainnet = *manifest(ActorBundle::mainnet);
    EXPECT_NE(table->find(mainnet.codes.at(type), type), table->find(devnet_bundle().codes.at(type), type));
    // The actors of version 19 are not native.
    EXPECT_FALSE(table->knows(find_bundle(ActorBundle::devnet, 19)->manifest.codes.at(type), type));
    EXPECT_FALSE(table->knows(mainnet.codes.at(type), ActorType::market));
}

}  // namespace
}  // namespace strata::actors
