// Tests the order of charges and checks of single syscalls where a failure shows it (ref-fvm
// fvm/src/kernel/default.rs).
#include <gtest/gtest.h>

#include <strata/vm/default_kernel.hpp>
#include <strata/vm/test_world.hpp>

namespace strata::vm {
namespace {

constexpr ActorId kSelf = 102;

class Lookups final : public Externs {
  public:
    Result<Hash256> chain_randomness(ChainEpoch) override { return error; }
    Result<Hash256> beacon_randomness(ChainEpoch) override { return error; }
    Result<Cid> tipset_cid(ChainEpoch) override { return error; }
    Result<std::optional<ConsensusFault>> consensus_fault(BytesView, BytesView, BytesView) override { return error; }
    Error error = Errc::not_found;
};

class KernelTest : public ::testing::Test {
  protected:
    void SetUp() override {
        world_.add(101, ActorType::account, 0);
        world_.add(kSelf, ActorType::multisig, 50);
        gas_.trace_into(&trace_);
    }
    std::uint64_t cost(std::string_view name) const {
        for (const auto& charge : trace_)
            if (charge.name == name) return charge.compute + charge.other;
        return 0;
    }

    testing::World world_;
    Lookups lookups_;
    GasTracker gas_{gas(10'000'000'000)};
    std::vector<GasCharge> trace_;
    CallManager calls_{world_.config,
                       world_.manifest,
                       {lookups_, world_.no_world, world_},
                       world_.tree,
                       gas_,
                       {101, Address::id(101), 0, 0, kSelf}};
    DefaultKernel kernel_{calls_,
                          {.origin = 101,
                           .nonce = 0,
                           .caller = 101,
                           .receiver = kSelf,
                           .method = 2,
                           .value_received = 0,
                           .gas_premium = 0,
                           .read_only = false}};
};

TEST_F(KernelTest, ABlockThatCannotBeScannedPaysForWhatWasRead) {
    EXPECT_EQ(kernel_.block_create(Codec::dag_cbor, Bytes{0x83, 0x01}).error().number, ErrorNumber::serialization);
    EXPECT_EQ(cost("OnScanIpldLinks"), 3 * 35'000U);
    EXPECT_EQ(cost("OnBlockCreate"), 0U);
}

TEST_F(KernelTest, AnUnreachableLinkIsNoticedAfterTheBlockIsPaid) {
    CborWriter w;
    w.link(Cid::hash_of(Codec::raw, as_bytes("elsewhere")));
    EXPECT_EQ(kernel_.block_create(Codec::dag_cbor, w.view()).error().number, ErrorNumber::not_found);
    EXPECT_GT(cost("OnBlockCreate"), 0U);
}

TEST_F(KernelTest, AnAggregateWithUnequalCountsIsRefusedUnpaid) {
    const ByteArray<48> key{};
    EXPECT_EQ(kernel_.verify_bls_aggregate(Bytes(96), {&key, 1}, {}).error().number, ErrorNumber::illegal_argument);
    EXPECT_TRUE(trace_.empty());
    EXPECT_TRUE(kernel_.verify_bls_aggregate(Bytes(96), {}, {}).value());
    EXPECT_EQ(cost("OnVerifyBlsAggregateSignature"), 8'299'302'000U);
}

// In the reference get_tipset_cid is or_fatal and both randomness syscalls are or_illegal_argument; a local error is
// neither.
TEST_F(KernelTest, LookupsThatFailFollowTheReferenceUnlessTheFailureIsLocal) {
    EXPECT_EQ(kernel_.get_chain_randomness(5).error().number, ErrorNumber::illegal_argument);
    EXPECT_EQ(kernel_.get_beacon_randomness(5).error().number, ErrorNumber::illegal_argument);
    EXPECT_EQ(kernel_.tipset_cid(5).error().kind, SyscallFailure::Kind::fatal);
    EXPECT_FALSE(calls_.broken_by());
    for (const Errc code : {Errc::missing_block, Errc::io, Errc::internal, Errc::cancelled}) {
        lookups_.error = code;
        EXPECT_EQ(kernel_.get_chain_randomness(5).error().kind, SyscallFailure::Kind::broken);
        EXPECT_EQ(kernel_.get_beacon_randomness(5).error().kind, SyscallFailure::Kind::broken);
        EXPECT_EQ(kernel_.tipset_cid(5).error().kind, SyscallFailure::Kind::broken);
        EXPECT_EQ(kernel_.verify_consensus_fault({}, {}, {}).error().kind, SyscallFailure::Kind::broken);
    }
    EXPECT_EQ(calls_.broken_by()->code(), Errc::missing_block);  // the first one
}

TEST_F(KernelTest, EpochsOutsideTheChain) {
    EXPECT_EQ(kernel_.tipset_cid(-1).error().number, ErrorNumber::illegal_argument);
    EXPECT_EQ(kernel_.tipset_cid(10).error().number, ErrorNumber::illegal_argument);  // now
    EXPECT_TRUE(trace_.empty());
    // The distance to this epoch overflows (checked_sub in the reference).
    EXPECT_EQ(kernel_.get_chain_randomness(INT64_MIN).error().number, ErrorNumber::illegal_argument);
    EXPECT_TRUE(trace_.empty());
    EXPECT_EQ(kernel_.get_chain_randomness(11).error().kind, SyscallFailure::Kind::out_of_gas);
}

TEST_F(KernelTest, EventsAreBounded) {
    const auto emit = [&](EventEntry entry, std::size_t count = 1) {
        const std::vector<EventEntry> entries(count, std::move(entry));
        const auto emitted = kernel_.emit_event(entries);
        return emitted ? ErrorNumber{} : emitted.error().number;
    };
    const auto entry = [](std::string key, Bytes value) {
        return EventEntry{.flags = 3, .key = std::move(key), .codec = Codec::raw, .value = std::move(value)};
    };
    EXPECT_EQ(emit(entry("k", {1}), 255), ErrorNumber{});
    EXPECT_EQ(emit(entry("k", {1}), 256), ErrorNumber::limit_exceeded);
    EXPECT_EQ(emit(entry(std::string(31, 'k'), Bytes(8192))), ErrorNumber{});
    EXPECT_EQ(emit(entry(std::string(32, 'k'), {})), ErrorNumber::limit_exceeded);
    EXPECT_EQ(emit(entry("k", Bytes(8193))), ErrorNumber::limit_exceeded);
    EXPECT_EQ(emit(entry("\xff", {})), ErrorNumber::illegal_argument);
    auto flags = entry("k", {});
    flags.flags = 4;
    EXPECT_EQ(emit(flags), ErrorNumber::illegal_argument);
    auto codec = entry("k", {});
    codec.codec = Codec::dag_cbor;
    EXPECT_EQ(emit(codec), ErrorNumber::illegal_codec);
}

// The burnt-funds actor always exists; without it the state is corrupt on every node (kernel/default.rs: or_fatal).
TEST_F(KernelTest, SelfDestructWithoutABurntFundsActorIsFatal) {
    EXPECT_EQ(kernel_.self_destruct(true).error().kind, SyscallFailure::Kind::fatal);
}

}  // namespace
}  // namespace strata::vm
