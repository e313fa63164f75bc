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
    GasTracker gas_{gas(1'000'000)};
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

TEST_F(HostCallsTest, WithoutGasForTheCallTheKernelIsNotAsked) {
    ASSERT_TRUE(gas_.charge({"rest", gas(990'000), 0}));
    EXPECT_EQ(host_.block_create(Codec::raw, Bytes(10)).error().kind, SyscallFailure::Kind::out_of_gas);
    EXPECT_EQ(trace_.back().name, "OnSyscall");
}

TEST_F(HostCallsTest, TheKernelItselfChargesNoHostCall) {
    EXPECT_TRUE(kernel_.root());
    EXPECT_EQ(names(), std::vector<std::string>{"OnActorGetRoot"});
    EXPECT_EQ(&kernel_.gas_tracker(), &gas_);
}

}  // namespace
}  // namespace strata::vm
