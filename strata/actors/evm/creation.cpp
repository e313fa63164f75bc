#include <strata/actors/evm/creation.hpp>

#include <strata/actors/evm/calls.hpp>
#include <strata/actors/evm/exits.hpp>

namespace strata::actors::evm {
namespace {

// The nonce is counted up before the call, and stays so if the creation fails. Where Ethereum checks the depth of calls
// first, this does not.
ActorResult<U256> create_with(System& system, Frame& frame, MethodNumber method, const Bytes& params,
                              const U256& value) {
    frame.returned.clear();
    const TokenAmount endowment = value.to_amount();
    auto& rt = system.rt();
    STRATA_TRY(const TokenAmount balance, rt.balance());
    if (endowment > balance) return U256();
    system.increment_nonce();
    STRATA_TRY(const std::uint64_t left, gas_available(rt));
    auto answer = system.call(Address::id(kEamId), method, params, endowment,
                              {.gas_limit = most_for_a_call(left), .read_only = false});
    if (!answer) {
        if (answer.error().kind != Abort::Kind::exit) return std::move(answer).error();
        // Only the new contract's constructor attaches data.
        frame.returned = returned_bytes(std::move(answer.error().data));
        return U256();
    }
    if (!*answer) return abort(ExitCode::assertion_failed, "the Ethereum address manager did not answer");
    STRATA_TRY(const auto made, rt.check(decoded_block<eam::CreateReturn>((*answer)->codec, (*answer)->data),
                                         ExitCode::serialization, "answer"));
    return U256::from_be(made.eth_address);
}

ActorResult<Bytes> initcode(Frame& frame, const U256& offset, const U256& size) {
    STRATA_TRY(const Region region, frame.memory.region(offset, size));
    return to_bytes(frame.memory.bytes(region));
}

}  // namespace

ActorResult<U256> create(System& system, Frame& frame, const U256& value, const U256& offset, const U256& size) {
    if (system.read_only()) return read_only("CREATE");
    STRATA_TRY(const Bytes code, initcode(frame, offset, size));
    return create_with(system, frame, eam::kCreate, to_cbor(eam::CreateParams{code, system.nonce()}), value);
}

ActorResult<U256> create2(System& system, Frame& frame, const U256& value, const U256& offset, const U256& size,
                          const U256& salt) {
    if (system.read_only()) return read_only("CREATE2");
    STRATA_TRY(const Bytes code, initcode(frame, offset, size));
    return create_with(system, frame, eam::kCreate2, to_cbor(eam::Create2Params{code, salt.to_be()}), value);
}

Done self_destruct(System& system, const U256& heir) {
    if (system.read_only()) return read_only("SELFDESTRUCT");
    auto& rt = system.rt();
    const Address to = eam::to_address(address_of(heir));
    STRATA_TRY(const TokenAmount balance, rt.balance());
    if (auto sent = system.transfer(to, balance); !sent) {
        if (sent.error().kind != Abort::Kind::exit) return sent;
        return abort(kSelfdestructFailed, "SELFDESTRUCT cannot pay " + to.to_string() + ": " + sent.error().message);
    }
    system.mark_destroyed();
    return {};
}

}  // namespace strata::actors::evm
