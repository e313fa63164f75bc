#include <strata/actors/evm/state.hpp>
#include <strata/actors/evm/types.hpp>
#include <strata/actors/methods.hpp>
#include <strata/crypto/hash.hpp>
#include <strata/ipld/kamt.hpp>
#include <strata/vm/test_world.hpp>

#include "target.hpp"

namespace {

using namespace strata;
namespace evm = actors::evm;

constexpr ActorId kUser = 100;
constexpr ActorId kContract = 101;
constexpr std::size_t kMaxCode = 24 << 10;

struct End {
    vm::ExitCode code{};
    Bytes data;
    Cid state;
    std::uint64_t gas = 0;
    friend bool operator==(const End&, const End&) = default;
};

// Stores a contract with this code. It has no Ethereum address, so it calls itself under its masked ID.
void deploy(vm::testing::World& world, BytesView code) {
    world.add(kUser, vm::ActorType::account, 1'000);
    world.add(kContract, vm::ActorType::evm, 1'000);
    auto record = world.tree.get(kContract).value().value();
    record.head = put_cbor(world.store, evm::State{.bytecode = world.store.put(Codec::raw, code).value(),
                                                   .bytecode_hash = to_bytes(crypto::keccak_256(code)),
                                                   .contract_state = Kamt(world.store).flush().value(),
                                                   .transient = {},
                                                   .nonce = 1,
                                                   .tombstone = {}})
                      .value();
    world.tree.set(kContract, record);
}

End run(BytesView code) {
    // Little gas, so that calls do not nest deeper than a normal stack allows.
    constexpr std::uint64_t gas_limit = 20'000'000;
    static const actors::NativeActor native(actors::mainnet_policy(), evm::methods(),
                                            actors::NativeActor::Unknown::refuse, actors::NativeActor::Internal::open,
                                            &evm::native_method);
    vm::testing::World world;
    world.code(vm::ActorType::evm,
               [](vm::Kernel& kernel, vm::BlockId params) { return native.invoke(kernel, params); });
    deploy(world, code);
    vm::GasTracker gas(vm::gas(gas_limit));
    vm::CallManager calls(
        world.config, world.manifest, world.doors(), world.tree, gas,
        {.id = kUser, .address = Address::id(kUser), .nonce = 0, .premium = 0, .receiver = kContract});
    const auto input = std::make_shared<const Bytes>(to_cbor(to_bytes(code)));
    auto result = calls.call({.from = kUser,
                              .to = Address::id(kContract),
                              .method = kMethodInvokeEvm,
                              .params = vm::Block{Codec::cbor, input, {}},
                              .value = 1,
                              .gas_limit = {},
                              .read_only = false});
    End end;
    end.gas = gas.used();
    if (!result) {
        STRATA_CHECK(result.error().kind == vm::SyscallFailure::Kind::out_of_gas);
        return end;
    }
    end.code = result->exit_code;
    if (result->data) end.data = *result->data->data;
    end.state = world.tree.flush().value();
    return end;
}

}  // namespace

// Any bytes as the code of a contract, which gets them as its input too: the message ends, within its gas and with the
// same result each time.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const BytesView code(data, std::min(size, kMaxCode));
    STRATA_CHECK(run(code) == run(code));
    return 0;
}
