#include <strata/actors/evm/system.hpp>

namespace strata::actors::evm {
namespace {

/// The most bytes that a contract's code may have. Source: builtin-actors actors/evm/src/interpreter/system.rs
/// MAX_CODE_SIZE (EIP-170).
constexpr std::size_t kMaxCodeSize = 24 << 10;
/// Code must not begin with this byte (EIP-3541).
constexpr std::uint8_t kForbiddenFirstByte = 0xef;
/// Source: builtin-actors runtime/src/runtime/randomness.rs EvmPrevRandao.
constexpr std::int64_t kPrevRandaoTag = 10;

ActorResult<State> read_state(Runtime& rt, const Cid& root) {
    return rt.check(get_cbor<State>(rt.store(), root), ExitCode::serialization, "state");
}

}  // namespace

Life current_life(Runtime& rt) {
    return {rt.origin(), rt.kernel().message().nonce};
}

bool is_dead(Runtime& rt, const State& state) {
    return state.tombstone && *state.tombstone != current_life(rt);
}

ActorResult<std::optional<Address>> delegated_address(Runtime& rt, ActorId id) {
    auto found = rt.kernel().lookup_delegated_address(id);
    if (found) return std::move(*found);
    // An error number is the kernel's answer that the actor does not exist.
    if (found.error().kind == vm::SyscallFailure::Kind::number) return std::optional<Address>{};
    return Runtime::abort_for(found.error(), {}, "delegated address");
}

ActorResult<std::uint64_t> gas_available(Runtime& rt) {
    return rt.unwrap(rt.kernel().gas_available(), ExitCode::assertion_failed, "gas");
}

System::System(Runtime& rt, bool read_only)
    : rt_(&rt), life_(current_life(rt)), read_only_(read_only), slots_(rt.store()), transient_(rt.store()) {}

ActorResult<System> System::create(Runtime& rt) {
    STRATA_TRY(const Cid root, rt.state_root());
    if (root != Cid::hash_of(Codec::dag_cbor, Bytes{0x80}))
        return illegal_state("a contract cannot be created over an actor that has a state");
    return System(rt, rt.kernel().message().read_only);
}

ActorResult<System> System::resurrect(Runtime& rt) {
    STRATA_TRY(const Cid root, rt.state_root());
    STRATA_TRY(const State state, read_state(rt, root));
    if (!is_dead(rt, state)) return forbidden("the contract f0" + std::to_string(rt.receiver()) + " is not dead");
    return System(rt, rt.kernel().message().read_only);
}

ActorResult<System> System::load(Runtime& rt) {
    STRATA_TRY(const Cid root, rt.state_root());
    STRATA_TRY(const State state, read_state(rt, root));
    // The code of a dead contract is empty, so that nothing can happen in it.
    if (is_dead(rt, state)) return System(rt, /*read_only=*/true);
    System out(rt, rt.kernel().message().read_only);
    STRATA_OK(out.read(root, state));
    return out;
}

Done System::read(const Cid& root, const State& state) {
    if (state.transient && state.transient->life == life_) {
        STRATA_TRY(transient_, rt_->check(Kamt::load(rt_->store(), state.transient->state), ExitCode::illegal_state,
                                          "transient storage"));
    } else if (!transient_.empty()) {
        transient_ = Kamt(rt_->store());
    }
    STRATA_TRY(slots_, rt_->check(Kamt::load(rt_->store(), state.contract_state), ExitCode::illegal_state, "storage"));
    nonce_ = state.nonce;
    saved_root_ = root;
    bytecode_ = state.bytecode;
    bytecode_hash_ = state.bytecode_hash;
    tombstone_ = state.tombstone;
    return {};
}

Done System::reload() {
    if (read_only_) return {};
    STRATA_TRY(const Cid root, rt_->state_root());
    if (saved_root_ == root) return {};
    STRATA_TRY(const State state, read_state(*rt_, root));
    return read(root, state);
}

void System::increment_nonce() {
    saved_root_.reset();
    ++nonce_;
}

void System::mark_destroyed() {
    saved_root_.reset();
    tombstone_ = life_;
}

Done System::set_bytecode(BytesView code) {
    saved_root_.reset();
    if (code.size() > kMaxCodeSize)
        return illegal_argument("the contract's code has " + std::to_string(code.size()) + " bytes, expected at most " +
                                std::to_string(kMaxCodeSize));
    if (!code.empty() && code[0] == kForbiddenFirstByte)
        return illegal_argument("the contract's code begins with the byte 0xef, which is reserved (EIP-3541)");
    STRATA_TRY(bytecode_hash_,
               rt_->unwrap(rt_->kernel().hash(HashCode::keccak_256, code), ExitCode::assertion_failed, "hash"));
    STRATA_TRY(bytecode_, rt_->check(rt_->store().put(Codec::raw, code), ExitCode::illegal_state, "bytecode"));
    return {};
}

namespace {

ActorResult<U256> get_word(Runtime& rt, const Kamt& map, const U256& key) {
    STRATA_TRY(const auto word, rt.check(map.get(key.to_be()), ExitCode::illegal_state, "storage"));
    return word ? U256::from_be(*word) : U256();
}

// Sets a word; zero removes it. Returns true if the map changed.
ActorResult<bool> set_word(Runtime& rt, Kamt& map, const U256& key, const U256& value) {
    if (value.is_zero()) return rt.check(map.remove(key.to_be()), ExitCode::illegal_state, "storage");
    STRATA_TRY(const U256 before, get_word(rt, map, key));
    if (before == value) return false;
    STRATA_OK(rt.check(map.set(key.to_be(), value.to_be()), ExitCode::illegal_state, "storage"));
    return true;
}

}  // namespace

ActorResult<U256> System::storage(const U256& key) {
    return get_word(*rt_, slots_, key);
}
ActorResult<U256> System::transient(const U256& key) {
    return get_word(*rt_, transient_, key);
}
Done System::set_storage(const U256& key, const U256& value) {
    STRATA_TRY(const bool changed, set_word(*rt_, slots_, key, value));
    if (changed) saved_root_.reset();
    return {};
}
Done System::set_transient(const U256& key, const U256& value) {
    STRATA_TRY(const bool changed, set_word(*rt_, transient_, key, value));
    if (changed) saved_root_.reset();
    return {};
}

// Blocks are written in the order of the official actor, so that the kernel's charges come in the same order.
Done System::flush() {
    if (saved_root_) return {};
    if (read_only_) return forbidden("the contract's state changed in a read-only call");
    if (!bytecode_) STRATA_OK(set_bytecode({}));
    State state{.bytecode = *bytecode_,
                .bytecode_hash = bytecode_hash_,
                .contract_state = {},
                .transient = {},
                .nonce = nonce_,
                .tombstone = tombstone_};
    if (!transient_.empty()) {
        STRATA_TRY(const Cid root, rt_->check(transient_.flush(), ExitCode::illegal_state, "transient storage"));
        state.transient = Transient{root, life_};
    }
    STRATA_TRY(state.contract_state, rt_->check(slots_.flush(), ExitCode::illegal_state, "storage"));
    STRATA_TRY(const Cid root, rt_->check(put_cbor(rt_->store(), state), ExitCode::illegal_state, "state"));
    STRATA_OK(rt_->set_state_root(root));
    saved_root_ = root;
    return {};
}

ActorResult<Reply> System::send(const Address& to, MethodNumber method, const std::optional<Bytes>& params,
                                const TokenAmount& value, const SendOptions& options) {
    STRATA_OK(flush());
    STRATA_TRY(auto reply, rt_->send(to, method, params, value, options));
    if (reply.ok()) STRATA_OK(reload());
    return reply;
}

ActorResult<std::optional<Payload>> System::call(const Address& to, MethodNumber method,
                                                 const std::optional<Bytes>& params, const TokenAmount& value,
                                                 const SendOptions& options) {
    STRATA_TRY(auto reply, send(to, method, params, value, options));
    const std::string what = "the call of method " + std::to_string(method) + " of " + to.to_string();
    if (reply.error)
        return abort(ExitCode::unspecified,
                     what + " failed with error number " + std::to_string(std::to_underlying(*reply.error)));
    std::optional<Payload> data;
    if (reply.data) data = Payload{reply.codec, std::move(*reply.data)};
    if (reply.code == ExitCode::ok) return data;
    Abort failure = abort(code_to_pass_on(reply.code),
                          what + " failed with exit code " + std::to_string(std::to_underlying(reply.code)));
    failure.data = std::move(data);
    return failure;
}

Done System::transfer(const Address& to, const TokenAmount& value) {
    STRATA_OK(rt_->call(to, kMethodSend, std::nullopt, value));
    return {};
}

ActorResult<EthAddress> System::eth_address(ActorId id) {
    STRATA_TRY(const auto delegated, delegated_address(*rt_, id));
    if (!delegated || delegated->delegated_space() != kEamId) return eam::masked_id(id);
    const BytesView bytes = delegated->subaddress();
    EthAddress out;
    if (bytes.size() != out.size())
        return illegal_state("the Ethereum address of f0" + std::to_string(id) + " has " +
                             std::to_string(bytes.size()) + " bytes, expected 20");
    std::ranges::copy(bytes, out.begin());
    return out;
}

ActorResult<Hash256> System::randomness() {
    if (!randomness_) {
        STRATA_TRY(randomness_, rt_->beacon_randomness(kPrevRandaoTag, rt_->epoch(), as_bytes("prevrandao")));
    }
    return *randomness_;
}

ActorResult<std::uint64_t> System::call_gas_limit(const U256& asked) {
    STRATA_TRY(const std::uint64_t left, gas_available(*rt_));
    return std::min(asked.saturated(), most_for_a_call(left));
}

}  // namespace strata::actors::evm
