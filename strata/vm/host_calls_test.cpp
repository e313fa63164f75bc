// A host call costs 14,000 gas and comes first (vectors/fvm-nv28/traces: OnSyscall before each charge of a syscall).
#include <gtest/gtest.h>

#include <strata/vm/default_kernel.hpp>
#include <strata/vm/test_world.hpp>

namespace strata::vm {
namespace {

class HostCallsTest : public ::testing::Test {
  protected:
    void SetUp() override {
        world_.add(101, ActorType::account, 0);
        gas_.trace_into(&trace_);
    }
    std::vector<std::string> names() const {
        std::vector<std::string> out;
        for (const auto& charge : trace_) out.emplace_back(charge.name);
        return out;
    }

    testing::World world_;
    void expect_paid(std::string_view what) {
        ASSERT_FALSE(trace_.empty()) << what;
        EXPECT_EQ(trace_[0].name, "OnSyscall") << what;
        for (std::size_t i = 1; i < trace_.size(); ++i) EXPECT_NE(trace_[i].name, "OnSyscall") << what;
        trace_.clear();
    }

    GasTracker gas_{gas(1'000'000'000)};
    std::vector<GasCharge> trace_;
    CallManager calls_{
        world_.config, world_.manifest, world_.doors(), world_.tree, gas_, {101, Address::id(101), 0, 0, 101}};
    DefaultKernel kernel_{calls_,
                          {.origin = 101,
                           .nonce = 0,
                           .caller = 101,
                           .receiver = 101,
                           .method = 2,
                           .value_received = 0,
                           .gas_premium = 0,
                           .read_only = true}};
    HostCalls host_{kernel_, price_list(28)};
};

TEST_F(HostCallsTest, TheCallIsPaidBeforeTheKernelIsAsked) {
    EXPECT_TRUE(host_.root());
    EXPECT_EQ(names(), (std::vector<std::string>{"OnSyscall", "OnActorGetRoot"}));
    EXPECT_EQ(gas_.gas_used(), 14'300U);
}

// The read-only check comes before the charge (kernel/default.rs set_root).
TEST_F(HostCallsTest, AReadOnlySetRootPaysTheCallOnly) {
    EXPECT_EQ(host_.set_root(Cid::hash_of(Codec::dag_cbor, Bytes{0x80})).error().number, ErrorNumber::read_only);
    EXPECT_EQ(names(), std::vector<std::string>{"OnSyscall"});
}

TEST_F(HostCallsTest, TheCodeAroundASyscallIsPaidForEachCallAndEachByte) {
    HostCalls paying(kernel_, price_list(28), {.host_call = 7, .byte_read = 3, .byte_written = 5});
    const auto code_charges = [&] {
        std::vector<Milligas> out;
        for (const auto& charge : trace_)
            if (charge.name == kNativeCode) out.push_back(charge.compute + charge.other);
        trace_.clear();
        return out;
    };
    const auto block = paying.block_create(Codec::raw, Bytes(10));
    ASSERT_TRUE(block);
    EXPECT_EQ(code_charges(), (std::vector<Milligas>{7, 50}));
    Bytes out(4);
    ASSERT_TRUE(paying.block_read(*block, 0, out));
    EXPECT_EQ(code_charges(), (std::vector<Milligas>{7, 12}));
    ASSERT_TRUE(paying.root());
    EXPECT_EQ(code_charges(), std::vector<Milligas>{7});
}

TEST_F(HostCallsTest, WithoutGasForTheCallTheKernelIsNotAsked) {
    ASSERT_TRUE(gas_.charge({"rest", gas(999'990'000), 0}));
    EXPECT_EQ(host_.block_create(Codec::raw, Bytes(10)).error().kind, SyscallFailure::Kind::out_of_gas);
    EXPECT_EQ(trace_.back().name, "OnSyscall");
}

// Each syscall of an actor is one host call (ref-fvm fvm/src/syscalls/mod.rs), whether it succeeds or not.
TEST_F(HostCallsTest, EverySyscallIsOneHostCall) {
    const Cid some = Cid::hash_of(Codec::dag_cbor, Bytes{0x80});
    const Address self = Address::id(101);
    const auto calls = std::initializer_list<std::pair<std::string_view, std::function<void()>>>{
        {"tipset_cid", [&] { (void)host_.tipset_cid(5); }},
        {"total_fil_circ_supply", [&] { (void)host_.total_fil_circ_supply(); }},
        {"block_open", [&] { (void)host_.block_open(some); }},
        {"block_create", [&] { (void)host_.block_create(Codec::raw, Bytes{1}); }},
        {"block_read", [&] { (void)host_.block_read(1, 0, {}); }},
        {"block_stat", [&] { (void)host_.block_stat(1); }},
        {"block_link", [&] { (void)host_.block_link(1, HashCode::blake2b_256, 32); }},
        {"root", [&] { (void)host_.root(); }},
        {"set_root", [&] { (void)host_.set_root(some); }},
        {"current_balance", [&] { (void)host_.current_balance(); }},
        {"self_destruct", [&] { (void)host_.self_destruct(true); }},
        {"resolve_address", [&] { (void)host_.resolve_address(self); }},
        {"lookup_delegated_address", [&] { (void)host_.lookup_delegated_address(101); }},
        {"get_actor_code_cid", [&] { (void)host_.get_actor_code_cid(101); }},
        {"next_actor_address", [&] { (void)host_.next_actor_address(); }},
        {"create_actor", [&] { (void)host_.create_actor(900, some, {}); }},
        {"get_builtin_actor_type", [&] { (void)host_.get_builtin_actor_type(some); }},
        {"get_code_cid_for_type", [&] { (void)host_.get_code_cid_for_type(ActorType::miner); }},
        {"balance_of", [&] { (void)host_.balance_of(101); }},
        {"verify_signature", [&] { (void)host_.verify_signature(SignatureKind::bls, {}, self, {}); }},
        {"verify_bls_aggregate", [&] { (void)host_.verify_bls_aggregate({}, {}, {}, {}); }},
        {"recover_secp_public_key", [&] { (void)host_.recover_secp_public_key({}, {}); }},
        {"hash", [&] { (void)host_.hash(HashCode::sha2_256, {}); }},
        {"compute_unsealed_sector_cid", [&] { (void)host_.compute_unsealed_sector_cid({}, {}); }},
        {"batch_verify_seals", [&] { (void)host_.batch_verify_seals({}); }},
        {"verify_post", [&] { (void)host_.verify_post({}); }},
        {"verify_aggregate_seals", [&] { (void)host_.verify_aggregate_seals({}); }},
        {"verify_replica_update", [&] { (void)host_.verify_replica_update({}); }},
        {"verify_consensus_fault", [&] { (void)host_.verify_consensus_fault({}, {}, {}); }},
        {"get_chain_randomness", [&] { (void)host_.get_chain_randomness(5); }},
        {"get_beacon_randomness", [&] { (void)host_.get_beacon_randomness(5); }},
        {"charge_gas", [&] { (void)host_.charge_gas("work", 1); }},
        {"gas_available", [&] { (void)host_.gas_available(); }},
        {"send", [&] { (void)host_.send(testing::send_to(999)); }},
        {"emit_event", [&] { (void)host_.emit_event({}); }},
    };
    for (const auto& [name, call] : calls) {
        call();
        expect_paid(name);
    }
    host_.log("free for native code");
    EXPECT_TRUE(trace_.empty());
    EXPECT_EQ(host_.message().receiver, 101U);
    EXPECT_EQ(host_.network().epoch, 10);
}

TEST_F(HostCallsTest, TheKernelItselfChargesNoHostCall) {
    EXPECT_TRUE(kernel_.root());
    EXPECT_EQ(names(), std::vector<std::string>{"OnActorGetRoot"});
    EXPECT_EQ(&kernel_.gas_tracker(), &gas_);
}

}  // namespace
}  // namespace strata::vm
