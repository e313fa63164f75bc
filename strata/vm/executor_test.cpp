// Tests the rules of preflight, settlement and failures (docs/protocol/fvm.md §3.3 to §3.5; ref-fvm
// fvm/src/executor/default.rs).
#include <gtest/gtest.h>

#include <strata/testing/failing_blockstore.hpp>
#include <strata/vm/test_world.hpp>
#include <strata/vm/trace.hpp>

namespace strata::vm {
namespace {

// The first message of vectors/fvm-nv28/transfers-1.json.
TEST(Settlement, OfARecordedTransfer) {
    const auto s =
        settle(752'563, 947'203, BigInt(234'636'410), BigInt::from_be(Bytes{0x1b, 0xf8, 0x8c, 0xdc}), BigInt(500));
    EXPECT_EQ(s.base_fee_burn.to_string(), "176578680618830");
    EXPECT_EQ(s.miner_tip.to_string(), "473601500");
    EXPECT_EQ(s.over_estimation_burn.to_string(), "7244868431570");
    EXPECT_EQ(s.refund.to_string(), "260673547473560");
    EXPECT_EQ(s.gas_burned, 30'877U);
    EXPECT_EQ(s.gas_refund, 163'763U);
    EXPECT_TRUE(s.penalty.is_zero());
}

// If no gas is used, everything reserved is burned; a low fee cap falls on the miner (docs/protocol/fvm.md §3.5).
TEST(Settlement, NothingUsedBurnsAllAndTheMinerPaysWhatTheCapDoesNot) {
    const auto s = settle(0, 1'000, BigInt(100), BigInt(60), BigInt(50));
    EXPECT_EQ(s.gas_burned, 1'000U);
    EXPECT_EQ(s.gas_refund, 0U);
    EXPECT_EQ(s.over_estimation_burn, BigInt(60'000));
    EXPECT_EQ(s.penalty, BigInt(40'000));
    EXPECT_TRUE(s.miner_tip.is_zero());
    EXPECT_TRUE(s.refund.is_zero());
}

constexpr ActorId kSender = 101;
constexpr ActorId kActor = 102;
constexpr std::size_t kLength = 100;
// The price is 38,863 + 475,000 + (36 + 100) * 1,300.
constexpr std::int64_t kInclusion = 690'663;

struct SystemState {
    Cid builtin_actors;
    STRATA_CBOR_TUPLE(builtin_actors);
};

class ExecutorTest : public ::testing::Test {
  protected:
    void SetUp() override {
        world_.config.network.base_fee = 100;
        std::vector<std::pair<std::string, Cid>> entries;
        for (const auto& [type, code] : world_.manifest.codes) entries.emplace_back(actor_type_name(type), code);
        world_.add(kSystemId, ActorType::system, 0);
        auto system = world_.tree.get(kSystemId).value().value();
        system.head = put_cbor(world_.store, SystemState{put_cbor(world_.store, entries).value()}).value();
        world_.tree.set(kSystemId, system);
        world_.add(kRewardId, ActorType::reward, 0);
        world_.add(kBurntFundsId, ActorType::account, 0);
        world_.add(kSender, ActorType::account, kFunds);
        world_.add(kActor, ActorType::multisig, 0);
    }
    Executor& executor() {
        if (!executor_)
            executor_ =
                Executor::open(world_.store, world_.tree.flush().value(), world_.config, world_.doors()).value();
        return *executor_;
    }
    static Message message(MethodNumber method = 2) {
        return {.version = 0,
                .to = Address::id(kActor),
                .from = Address::id(kSender),
                .nonce = 0,
                .value = 0,
                .gas_limit = 10'000'000,
                .gas_fee_cap = 200,
                .gas_premium = 3,
                .method = method,
                .params = {}};
    }
    Result<Applied> apply(const Message& message) {
        return executor().apply(message, ApplyKind::explicit_message, kLength);
    }
    TokenAmount balance(ActorId id) { return executor().tree().get(id).value().value().balance; }
    static constexpr std::int64_t kFunds = 1'000'000'000'000;
    testing::World world_;
    std::unique_ptr<Executor> executor_;
};

void expect_refused(const Result<Applied>& got, Refusal refusal, ExitCode code, std::int64_t gas) {
    ASSERT_TRUE(got);
    ASSERT_TRUE(got->refusal);
    EXPECT_EQ(*got->refusal, refusal) << got->failure;
    EXPECT_EQ(got->receipt.exit_code, static_cast<std::uint32_t>(code));
    EXPECT_EQ(got->receipt.gas_used, 0U);
    EXPECT_EQ(got->settlement.penalty, BigInt(100) * BigInt(gas));
    EXPECT_FALSE(got->failure.empty());
}

TEST_F(ExecutorTest, EachRefusalHasItsNameCodeAndPenalty) {
    auto m = message();
    m.gas_limit = kInclusion - 1;
    expect_refused(apply(m), Refusal::gas_limit_below_inclusion, ExitCode::sys_out_of_gas, kInclusion);
    m = message();
    m.from = Address::actor(as_bytes("nobody"));
    expect_refused(apply(m), Refusal::sender_unknown, ExitCode::sys_sender_invalid, m.gas_limit);
    m.from = Address::id(999);
    expect_refused(apply(m), Refusal::sender_missing, ExitCode::sys_sender_invalid, m.gas_limit);
    m.from = Address::id(kActor);
    expect_refused(apply(m), Refusal::sender_type, ExitCode::sys_sender_invalid, m.gas_limit);
    m = message();
    m.nonce = 1;
    expect_refused(apply(m), Refusal::nonce, ExitCode::sys_sender_state_invalid, m.gas_limit);
    m = message();
    m.gas_fee_cap = kFunds / m.gas_limit + 1;
    expect_refused(apply(m), Refusal::funds, ExitCode::sys_sender_state_invalid, m.gas_limit);
    // The refused messages changed no balance and no nonce.
    EXPECT_EQ(balance(kSender), BigInt(kFunds));
    EXPECT_EQ(executor().tree().get(kSender).value().value().sequence, 0U);
}

TEST_F(ExecutorTest, AGasLimitOfTheInclusionCostIsEnoughToBeExecuted) {
    auto m = message(0);
    m.gas_limit = kInclusion;
    const auto applied = apply(m).value();
    EXPECT_FALSE(applied.refusal);
    EXPECT_EQ(applied.receipt.gas_used, static_cast<std::uint64_t>(kInclusion));
}

TEST_F(ExecutorTest, WhatTheSenderPaysGoesSomewhere) {
    world_.code(ActorType::multisig, [](Kernel& kernel, BlockId) -> Syscall<ActorExit> {
        STRATA_OK(kernel.charge_gas("work", 1'000'000));
        return ActorExit{};
    });
    const auto applied = apply(message()).value();
    ASSERT_EQ(applied.receipt.exit_code, 0U);
    const auto& s = applied.settlement;
    EXPECT_EQ(balance(kRewardId), s.miner_tip);
    EXPECT_EQ(balance(kBurntFundsId), s.base_fee_burn + s.over_estimation_burn);
    EXPECT_EQ(balance(kSender) + balance(kRewardId) + balance(kBurntFundsId), BigInt(kFunds));
    EXPECT_EQ(s.base_fee_burn, BigInt(100) * BigInt(applied.receipt.gas_used));
    EXPECT_EQ(s.miner_tip, BigInt(3) * BigInt(10'000'000));
}

TEST_F(ExecutorTest, MessagesThatCannotBeAppliedLeaveTheExecutorUsable) {
    auto m = message();
    m.gas_limit = 0;
    EXPECT_EQ(apply(m).error().code(), Errc::invalid_argument);
    m = message();
    m.gas_fee_cap = -1;
    EXPECT_EQ(apply(m).error().code(), Errc::invalid_argument);
    m = message();
    m.gas_premium = -1;
    EXPECT_EQ(apply(m).error().code(), Errc::invalid_argument);
    EXPECT_EQ(executor().replay(message(), ApplyKind::explicit_message, kLength, {10'000'001, false}).error().code(),
              Errc::verification);
    EXPECT_TRUE(apply(message(0)));
    EXPECT_TRUE(executor().flush());
}

// Source: executor/default.rs, "we consume the full gas amount so that, in case of a network-wide fatal errors, all
// nodes behave deterministically".
TEST_F(ExecutorTest, AFatalFailureIsExitTenAndTakesAllGas) {
    world_.code(ActorType::multisig, [](Kernel& kernel, BlockId) -> Syscall<ActorExit> {
        STRATA_OK(kernel.charge_gas("work", 1'000));
        return fatal("on every node");
    });
    const auto applied = apply(message()).value();
    EXPECT_EQ(applied.receipt.exit_code, 10U);
    EXPECT_EQ(applied.receipt.gas_used, 10'000'000U);
    EXPECT_TRUE(executor().flush());
}

// docs/protocol/fvm.md §3.4: the codes of failures before any actor runs, and of a message out of gas.
TEST_F(ExecutorTest, TopLevelFailuresHaveCodesOfTheSystem) {
    auto m = message(0);
    m.value = TokenAmount(kFunds);  // some of it is reserved for gas
    auto applied = apply(m).value();
    EXPECT_EQ(applied.receipt.exit_code, 6U);
    EXPECT_LT(applied.receipt.gas_used, 10'000'000U);
    EXPECT_FALSE(applied.failure.empty());
    m = message(0);
    m.nonce = 1;
    m.to = Address::actor(as_bytes("nobody"));
    EXPECT_EQ(apply(m).value().receipt.exit_code, 5U);
    m = message(0);
    m.nonce = 2;
    m.value = -1;
    EXPECT_EQ(apply(m).value().receipt.exit_code, 10U);
    world_.code(ActorType::multisig, [](Kernel& kernel, BlockId) -> Syscall<ActorExit> {
        STRATA_OK(kernel.charge_gas("work", 1'000'000'000));
        return ActorExit{};
    });
    m = message();
    m.nonce = 3;
    applied = apply(m).value();
    EXPECT_EQ(applied.receipt.exit_code, 7U);
    EXPECT_EQ(applied.receipt.gas_used, 10'000'000U);
    EXPECT_EQ(executor().tree().get(kSender).value().value().sequence, 4U);
}

// docs/protocol/fvm.md §4.3: a missing block is an exit code if it is returned, and fatal if the actor aborts with it.
TEST_F(ExecutorTest, AReturnedBlockMustExist) {
    ActorExit exit{ExitCode::ok, 77, {}};
    world_.code(ActorType::multisig, [&](Kernel&, BlockId) -> Syscall<ActorExit> { return exit; });
    EXPECT_EQ(apply(message()).value().receipt.exit_code, 11U);
    exit.code = ExitCode{40};
    auto m = message();
    m.nonce = 1;
    EXPECT_EQ(apply(m).value().receipt.exit_code, 10U);
}

// docs/protocol/fvm.md §3.6, §3.7; Lotus chain/consensus/compute_state.go and chain/vm/vmi.go.
TEST_F(ExecutorTest, TheSystemsMessagesPayNothing) {
    const auto cron = cron_message(1234);
    EXPECT_EQ(cron.to, Address::id(kCronId));
    EXPECT_EQ(cron.from, Address::id(kSystemId));
    EXPECT_EQ(cron.nonce, 1234U);
    EXPECT_EQ(cron.method, 2U);
    EXPECT_EQ(cron.gas_limit, INT64_MAX / 2);  // lotus chain/vm/fvm.go, ApplyImplicitMessage
    EXPECT_TRUE(cron.params.empty());
    const auto reward = reward_message(1234, {1, 2});
    EXPECT_EQ(reward.to, Address::id(kRewardId));
    EXPECT_EQ(reward.method, 2U);
    EXPECT_EQ(reward.gas_limit, INT64_MAX / 2);
    EXPECT_EQ(reward.params, (Bytes{1, 2}));

    world_.add(kCronId, ActorType::cron, 0);
    world_.code(ActorType::cron, [](Kernel& kernel, BlockId) -> Syscall<ActorExit> {
        EXPECT_EQ(kernel.message().caller, kSystemId);
        const EventEntry entry{.flags = 3, .key = "tick", .codec = Codec::raw, .value = {1}};
        STRATA_OK(kernel.emit_event({&entry, 1}));
        return ActorExit{};
    });
    const auto applied = executor().apply(cron, ApplyKind::implicit_message, 0).value();
    EXPECT_EQ(applied.receipt.exit_code, 0U);
    EXPECT_TRUE(applied.settlement.miner_tip.is_zero());
    EXPECT_EQ(balance(kSender), BigInt(kFunds));
    ASSERT_EQ(applied.events.size(), 1U);
    EXPECT_EQ(applied.events[0].emitter, kCronId);
    ASSERT_TRUE(applied.receipt.events_root);
    EXPECT_EQ(store_events(world_.store, applied.events).value(), applied.receipt.events_root);
    EXPECT_FALSE(store_events(world_.store, {}).value());
    auto unknown = cron;
    unknown.from = Address::actor(as_bytes("nobody"));
    EXPECT_EQ(executor().apply(unknown, ApplyKind::implicit_message, 0).value().refusal, Refusal::sender_unknown);
}

// Lotus runs the calls of contracts and of nobody the same way (chain/stmgr/call.go, CallWithGasSkipSenderValidation);
// the gas is that of the message in a block.
TEST_F(ExecutorTest, ASimulatedMessageHasAnySenderAndPaysNothing) {
    world_.code(ActorType::multisig, [](Kernel& kernel, BlockId) -> Syscall<ActorExit> {
        STRATA_OK(kernel.charge_gas("work", 1'000'000));
        const EventEntry entry{.flags = 3, .key = "t1", .codec = Codec::raw, .value = {1}};
        STRATA_OK(kernel.emit_event({&entry, 1}));
        return ActorExit{};
    });
    executor().set_tracing(true);
    auto m = message();
    const auto in_a_block = apply(m).value();
    const auto before = balance(kSender);
    m.from = Address::id(kActor);
    m.nonce = 77;
    const auto simulated = executor().apply(m, ApplyKind::simulated_message, kLength).value();
    EXPECT_FALSE(simulated.refusal);
    EXPECT_EQ(simulated.receipt.exit_code, 0U);
    EXPECT_EQ(simulated.receipt.gas_used, in_a_block.receipt.gas_used);
    EXPECT_EQ(balance(kSender), before);
    EXPECT_EQ(executor().tree().get(kActor).value().value().sequence, 1U);
    ASSERT_EQ(simulated.trace->root.events.size(), 1U);
    EXPECT_EQ(simulated.trace->root.events[0].event.emitter, kActor);
    m.gas_limit = kInclusion - 1;
    EXPECT_EQ(executor().apply(m, ApplyKind::simulated_message, kLength).value().refusal,
              Refusal::gas_limit_below_inclusion);
    m = message();
    m.from = Address::actor(as_bytes("nobody"));
    EXPECT_EQ(executor().apply(m, ApplyKind::simulated_message, kLength).value().refusal, Refusal::sender_unknown);
}

TEST_F(ExecutorTest, AFailureOfThisNodeIsItsErrorWhateverTheActorMakesOfIt) {
    const Cid lost = Cid::hash_of(Codec::dag_cbor, Bytes{0x18, 0x63});
    auto actor = world_.tree.get(kActor).value().value();
    actor.head = lost;
    world_.tree.set(kActor, actor);
    bool went_on = false;
    world_.code(ActorType::multisig, [&](Kernel& kernel, BlockId) -> Syscall<ActorExit> {
        STRATA_OK(kernel.root());
        const auto opened = kernel.block_open(lost);
        EXPECT_EQ(opened.error().kind, SyscallFailure::Kind::broken);
        went_on = true;
        return ActorExit{};  // hides the failure
    });
    const auto applied = apply(message());
    ASSERT_FALSE(applied);
    EXPECT_TRUE(went_on);
    EXPECT_EQ(applied.error().code(), Errc::missing_block);
    EXPECT_EQ(executor().flush().error().code(), Errc::missing_block);
    EXPECT_EQ(apply(message()).error().code(), Errc::missing_block);
}

TEST_F(ExecutorTest, AProofThatThisNodeCannotCheckIsAnErrorAndAWrongOneIsNot) {
    class Keyless final : public ProofVerifier {
      public:
        Result<bool> verify_seal(const SealVerifyInfo&) override { return fail(Errc::io, "the key is missing"); }
        Result<bool> verify_post(const WindowPoStVerifyInfo&) override { return false; }
        Result<bool> verify_aggregate_seals(const AggregateSealVerifyProofs&) override { return false; }
        Result<bool> verify_replica_update(const ReplicaUpdateInfo&) override {
            return fail(Errc::not_found, "the key is missing");
        }
        Result<Cid> unsealed_sector_cid(RegisteredSealProof, std::span<const PieceInfo>) override {
            return fail(Errc::invalid_argument, "the pieces do not fit into the sector");
        }
    } keyless;
    const auto with = [&](const testing::Behaviour& behaviour) {
        testing::World& world = world_;
        world.code(ActorType::multisig, behaviour);
        const Doors doors{world.no_world, keyless, world};
        const auto executor = Executor::open(world.store, world.tree.flush().value(), world.config, doors).value();
        auto expensive = message();
        expensive.gas_limit = 1'000'000'000;
        return executor->apply(expensive, ApplyKind::explicit_message, kLength);
    };
    const auto post = with([](Kernel& kernel, BlockId) -> Syscall<ActorExit> {
        STRATA_TRY(const bool good, kernel.verify_post({}));
        EXPECT_FALSE(good);
        EXPECT_EQ(kernel.compute_unsealed_sector_cid({}, {}).error().number, ErrorNumber::illegal_argument);
        return ActorExit{};
    });
    EXPECT_EQ(post.value().receipt.exit_code, 0U);
    const auto seal = with([](Kernel& kernel, BlockId) -> Syscall<ActorExit> {
        const SealVerifyInfo info;
        STRATA_OK(kernel.batch_verify_seals({&info, 1}));
        return ActorExit{};
    });
    EXPECT_EQ(seal.error().code(), Errc::io);
    const auto update = with([](Kernel& kernel, BlockId) -> Syscall<ActorExit> {
        STRATA_OK(kernel.verify_replica_update({}));
        return ActorExit{};
    });
    EXPECT_EQ(update.error().code(), Errc::not_found);
}

TEST_F(ExecutorTest, AStateOfOtherActorsOrAnUnknownNetworkVersionIsNotOpened) {
    class Foreign final : public ActorTable {
      public:
        bool knows(const Cid&, ActorType) const override { return false; }
        const ActorCode* find(const Cid&, ActorType) const override { return nullptr; }
    };
    const Foreign foreign{};
    const Cid root = world_.tree.flush().value();
    EXPECT_EQ(
        Executor::open(world_.store, root, world_.config, {world_.no_world, world_.no_world, foreign}).error().code(),
        Errc::unsupported);
    for (const NetworkVersion version : {15U, 30U}) {
        world_.config.network.network_version = version;
        const auto opened = Executor::open(world_.store, root, world_.config, world_.doors());
        EXPECT_EQ(opened.error().code(), Errc::unsupported);
        EXPECT_TRUE(opened.error().message().contains("for versions 16 to 29")) << opened.error().message();
    }
    // Generation 2 has state trees of version 4 only, the others of version 5.
    world_.config.network.network_version = 17;
    EXPECT_EQ(Executor::open(world_.store, root, world_.config, world_.doors()).error().code(), Errc::unsupported);
}

TEST_F(ExecutorTest, AStateWithoutItsBundleNamesTheBundle) {
    class Foreign final : public ActorTable {
      public:
        bool knows(const Cid&, ActorType) const override { return false; }
        const ActorCode* find(const Cid&, ActorType) const override { return nullptr; }
    };
    const Foreign foreign{};
    StateTree earlier(world_.store, StateTreeVersion::four);
    earlier.set(kSystemId, world_.tree.get(kSystemId).value().value());
    world_.config.network.network_version = 16;
    const auto opened = Executor::open(world_.store, earlier.flush().value(), world_.config,
                                       {world_.no_world, world_.no_world, foreign});
    EXPECT_TRUE(opened.error().message().contains("in the bundle builtin-actors-NETWORK.car of v8"))
        << opened.error().message();
}

TEST_F(ExecutorTest, ARecordedMessageTakesItsGasFromTheRecord) {
    world_.code(ActorType::multisig, [](Kernel&, BlockId) -> Syscall<ActorExit> { return ActorExit{}; });
    const auto applied = executor().replay(message(), ApplyKind::explicit_message, kLength, {5'000'000, false}).value();
    EXPECT_EQ(applied.receipt.gas_used, 5'000'000U);
    EXPECT_EQ(applied.receipt.exit_code, 0U);
    auto next = message();
    next.nonce = 1;
    const auto out = executor().replay(next, ApplyKind::explicit_message, kLength, {10'000'000, true}).value();
    EXPECT_EQ(out.receipt.exit_code, 7U);
}

}  // namespace
}  // namespace strata::vm
