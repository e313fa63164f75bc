#pragma once
// For tests of this folder: runs a function with the Runtime of an actor in a small world.
#include <gtest/gtest.h>

#include <strata/actors/runtime.hpp>
#include <strata/vm/test_world.hpp>

namespace strata::actors::miner::testing {

class RuntimeTest : public ::testing::Test {
  protected:
    template <class Body>
    void run(Body body) {
        constexpr ActorId kCaller = 101;
        constexpr ActorId kActor = 102;
        vm::testing::World world;
        world.add(kCaller, ActorType::account, 0);
        world.add(kActor, ActorType::miner, 0);
        bool ran = false;
        world.code(ActorType::miner, [&](vm::Kernel& kernel, vm::BlockId) -> vm::Syscall<vm::ActorExit> {
            Runtime rt(kernel, mainnet_policy());
            body(rt);
            ran = true;
            return vm::ActorExit{};
        });
        vm::GasTracker gas(vm::gas(10'000'000'000));
        vm::CallManager calls(world.config, world.manifest, world.doors(), world.tree, gas,
                              {kCaller, Address::id(kCaller), 0, 0, kActor});
        ASSERT_TRUE(calls.call({kCaller, Address::id(kActor), 2, {}, 0, {}, false}));
        ASSERT_TRUE(ran);
    }
};

}  // namespace strata::actors::miner::testing
