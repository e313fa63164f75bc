#include <strata/actors/runtime.hpp>

#include <strata/vm/gas.hpp>
#include <strata/vm/machine.hpp>

namespace strata::actors {

using vm::ErrorNumber;
using vm::SyscallFailure;

// Reads and writes blocks through the kernel. The ipld structures pass on an Error, which cannot hold the kernel's
// failure, so this class keeps the failure until take_kept().
class Runtime::KernelStore final : public Blockstore {
  public:
    explicit KernelStore(vm::Kernel& kernel) : kernel_(kernel) {}

    Result<Bytes> get(const Cid& cid) override {
        auto opened = kernel_.block_open(cid);
        if (!opened) return keep(opened.error());
        Bytes data(opened->stat.size);
        if (auto read = kernel_.block_read(opened->id, 0, data); !read) return keep(read.error());
        return data;
    }
    Result<bool> has(const Cid& cid) override {
        auto opened = kernel_.block_open(cid);
        if (opened) return true;
        // An error number is the kernel's answer that there is no such block. Any other failure is not an answer.
        if (opened.error().kind == SyscallFailure::Kind::number) return false;
        return keep(opened.error());
    }
    Result<Cid> put(Codec codec, BytesView data) override {
        auto id = kernel_.block_create(codec, data);
        if (!id) return keep(id.error());
        auto cid = kernel_.block_link(*id, HashCode::blake2b_256, 32);
        if (!cid) return keep(cid.error());
        return *cid;
    }
    Status put_block(const Cid& cid, BytesView data) override {
        STRATA_OK(put(cid.codec(), data));
        return {};
    }
    std::optional<SyscallFailure> take_kept() { return std::exchange(kept_, std::nullopt); }

  private:
    // A local error is passed on unchanged, so that the caller recognizes it even without the kept failure.
    Error keep(const SyscallFailure& failure) {
        kept_ = failure;
        return failure.error ? *failure.error : fail(Errc::internal, failure.message);
    }
    vm::Kernel& kernel_;
    std::optional<SyscallFailure> kept_;
};

Runtime::Runtime(vm::Kernel& kernel, const Policy& policy)
    : kernel_(kernel), policy_(policy), store_(std::make_unique<KernelStore>(kernel)) {}
Runtime::~Runtime() = default;

Blockstore& Runtime::store() {
    return *store_;
}

Abort unwind(const SyscallFailure& failure) {
    switch (failure.kind) {
        case SyscallFailure::Kind::out_of_gas:
            return {Abort::Kind::out_of_gas, {}, failure.message, {}, {}};
        case SyscallFailure::Kind::broken:
            return {Abort::Kind::broken, {}, failure.message, {}, failure.error};
        case SyscallFailure::Kind::fatal:
        case SyscallFailure::Kind::number:
            break;
    }
    return {Abort::Kind::fatal, {}, failure.message, {}, {}};
}

Abort Runtime::abort_for(const SyscallFailure& failure, ExitCode code, std::string_view what) {
    if (failure.kind != SyscallFailure::Kind::number) return unwind(failure);
    return abort(code, std::string(what) + ": " + failure.message);
}

Abort Runtime::abort_for(const Error& error, ExitCode code, std::string_view what) {
    if (const auto kept = store_->take_kept()) return abort_for(*kept, code, what);
    if (vm::is_local(error)) return unwind(vm::broken(Error(error).with_context(what)));
    return abort(code, std::string(what) + ": " + error.message());
}

ActorResult<TokenAmount> Runtime::balance() {
    return unwrap(kernel_.current_balance(), ExitCode::illegal_state, "balance");
}
ActorResult<TokenAmount> Runtime::circulating_supply() {
    return unwrap(kernel_.total_fil_circ_supply(), ExitCode::illegal_state, "circulating supply");
}

Done Runtime::accept_any() {
    // A second validation is an error; native_actor.cpp checks that there is a first one.
    if (caller_validated_) return abort(ExitCode::assertion_failed, "the caller was validated twice");
    caller_validated_ = true;
    return {};
}

namespace {

// Returns the names of the allowed callers, as in "f01, f03 or f04".
template <class Allowed, class Name>
std::string listed(const Allowed& allowed, Name name) {
    std::string out;
    std::size_t left = allowed.size();
    for (const auto& one : allowed) {
        if (!out.empty()) out += left == 1 ? " or " : ", ";
        out += std::string(name(one));
        --left;
    }
    return out;
}
std::string wrong_caller(ActorId caller, const std::string& allowed) {
    return "the caller is f0" + std::to_string(caller) + ", expected " + allowed;
}

}  // namespace

Done Runtime::require_caller(std::initializer_list<ActorId> ids) {
    STRATA_OK(accept_any());
    if (std::ranges::find(ids, caller()) == ids.end())
        return forbidden(wrong_caller(caller(), listed(ids, [](ActorId id) { return "f0" + std::to_string(id); })));
    return {};
}

Done Runtime::require_caller(std::span<const Address> addresses) {
    STRATA_OK(accept_any());
    for (const auto& address : addresses) {
        STRATA_TRY(const auto id, resolve(address));
        if (id == caller()) return {};
    }
    return forbidden(wrong_caller(caller(), listed(addresses, [](const Address& one) { return one.to_string(); })));
}

Done Runtime::require_caller_type(std::initializer_list<ActorType> types) {
    STRATA_OK(accept_any());
    STRATA_TRY(const auto type, type_of(caller()));
    if (!type || std::ranges::find(types, *type) == types.end())
        return forbidden(wrong_caller(caller(), "an actor of type " + listed(types, vm::actor_type_name)));
    return {};
}

ActorResult<std::optional<ActorId>> Runtime::resolve(const Address& address) {
    if (const auto id = address.as_id()) return id;
    auto id = kernel_.resolve_address(address);
    if (id) return std::optional<ActorId>(*id);
    // An error number is the kernel's answer that the address has no actor.
    if (id.error().kind == SyscallFailure::Kind::number) return std::optional<ActorId>{};
    return abort_for(id.error(), {}, "resolve");
}

ActorResult<ActorId> Runtime::resolve_or_create(const Address& address, bool check_existence) {
    STRATA_TRY(auto id, resolve(address));
    if (!id) {
        STRATA_OK(call(address, kMethodSend, std::nullopt, 0));
        STRATA_TRY(id, resolve(address));
    }
    if (!id) return illegal_argument(address.to_string() + " has no actor, and a send to it did not create one");
    if (check_existence) {
        STRATA_TRY(const auto code, code_of(*id));
        if (!code) return not_found(address.to_string() + " has no actor");
    }
    return *id;
}

ActorResult<std::optional<Cid>> Runtime::code_of(ActorId id) {
    auto code = kernel_.get_actor_code_cid(id);
    if (code) return std::optional<Cid>(*code);
    // An error number is the kernel's answer that the actor does not exist.
    if (code.error().kind == SyscallFailure::Kind::number) return std::optional<Cid>{};
    return abort_for(code.error(), {}, "code");
}

ActorResult<std::optional<ActorType>> Runtime::type_of(ActorId id) {
    STRATA_TRY(const auto code, code_of(id));
    if (!code) return std::optional<ActorType>{};
    STRATA_TRY(const auto type, unwrap(kernel_.get_builtin_actor_type(*code), ExitCode::illegal_state, "type"));
    return std::optional<ActorType>(type);
}

ActorResult<Address> Runtime::next_actor_address() {
    return unwrap(kernel_.next_actor_address(), ExitCode::illegal_state, "next address");
}
ActorResult<Cid> Runtime::code_for(ActorType type) {
    return unwrap(kernel_.get_code_cid_for_type(type), ExitCode::illegal_argument, "code of a type");
}

Done Runtime::create_actor(ActorId id, const Cid& code, const std::optional<Address>& delegated) {
    auto created = kernel_.create_actor(id, code, delegated);
    if (created) return {};
    if (created.error().kind != SyscallFailure::Kind::number) return abort_for(created.error(), {}, "create");
    switch (created.error().number) {
        case ErrorNumber::illegal_argument:
            return illegal_argument("actor f0" + std::to_string(id) + " cannot be created: " + created.error().message);
        case ErrorNumber::forbidden:
            return forbidden("actor f0" + std::to_string(id) + " already exists");
        default:
            return abort(ExitCode::assertion_failed,
                         "actor f0" + std::to_string(id) + " cannot be created: " + created.error().message);
    }
}

Done Runtime::delete_actor() {
    return unwrap(kernel_.self_destruct(/*burn_unspent=*/false), ExitCode::illegal_argument, "delete");
}

ActorResult<Cid> Runtime::state_root() {
    return unwrap(kernel_.root(), ExitCode::illegal_state, "state root");
}

Done Runtime::set_state_root(const Cid& root) {
    auto set = kernel_.set_root(root);
    if (set) return {};
    const bool read_only =
        set.error().kind == SyscallFailure::Kind::number && set.error().number == ErrorNumber::read_only;
    return abort_for(set.error(), read_only ? ExitCode::read_only : ExitCode::illegal_state, "state root");
}

ActorResult<Reply> Runtime::send(const Address& to, MethodNumber method, const std::optional<Bytes>& params,
                                 const TokenAmount& value, const SendOptions& options) {
    vm::SendParams request{.to = to,
                           .method = method,
                           .params = vm::kNoBlock,
                           .value = value,
                           .gas_limit = options.gas_limit,
                           .read_only = options.read_only};
    const auto not_sent = [&](const SyscallFailure& failure) -> ActorResult<Reply> {
        if (failure.kind != SyscallFailure::Kind::number) return abort_for(failure, {}, "send");
        return Reply{.code = {}, .error = failure.number, .data = {}, .codec = {}};
    };
    // The official actors give the VM a value of 128 bits, and do not ask it for more.
    constexpr std::size_t kValueBits = 128;
    if (value.bit_length() > kValueBits) return not_sent(vm::syscall_error(ErrorNumber::insufficient_funds, "value"));
    if (params) {
        auto block = kernel_.block_create(options.codec, *params);
        if (!block) return not_sent(block.error());
        request.params = *block;
    }
    auto sent = kernel_.send(request);
    if (!sent) return not_sent(sent.error());
    Reply reply{.code = sent->exit_code, .error = {}, .data = {}, .codec = sent->stat.codec};
    if (sent->return_id != vm::kNoBlock) {
        reply.data = Bytes(sent->stat.size);
        STRATA_OK(unwrap(kernel_.block_read(sent->return_id, 0, *reply.data), ExitCode::illegal_state, "reply"));
    }
    return reply;
}

namespace {

// Returns the abort with which the sender of a failed send ends (builtin-actors runtime/src/builtin/shared.rs).
Abort abort_of(ErrorNumber error, const Address& to, const TokenAmount& value) {
    switch (error) {
        case ErrorNumber::not_found:
            return abort(ExitCode::unspecified, "the receiver " + to.to_string() + " does not exist");
        case ErrorNumber::insufficient_funds:
            return insufficient_funds("the sender holds less than the " + value.to_string() +
                                      " attoFIL that it sends to " + to.to_string());
        case ErrorNumber::limit_exceeded:
            return abort(ExitCode::assertion_failed,
                         "the send to " + to.to_string() + " exceeds the limit of nested calls");
        case ErrorNumber::read_only:
            return abort(ExitCode::read_only,
                         "the send to " + to.to_string() + " would change state in a read-only call");
        default:
            return abort(ExitCode::assertion_failed, "the send to " + to.to_string() + " failed with error number " +
                                                         std::to_string(std::to_underlying(error)));
    }
}

}  // namespace

ExitCode code_to_pass_on(ExitCode code) {
    switch (code) {
        // The callee broke a rule of the VM, for which actors have no exit code.
        case ExitCode::sys_missing_return:
        case ExitCode::sys_illegal_instruction:
        case ExitCode::sys_illegal_exit_code:
            return ExitCode::unspecified;
        // No other code of the system is expected. Codes of actors are passed on.
        default:
            return code < ExitCode::illegal_argument ? ExitCode::assertion_failed : code;
    }
}

ActorResult<std::optional<Bytes>> Runtime::call(const Address& to, MethodNumber method,
                                                const std::optional<Bytes>& params, const TokenAmount& value,
                                                const SendOptions& options) {
    STRATA_TRY(auto reply, send(to, method, params, value, options));
    if (reply.error) return abort_of(*reply.error, to, value);
    if (reply.code != ExitCode::ok) {
        Abort failure = abort(code_to_pass_on(reply.code), "the call of method " + std::to_string(method) + " of " +
                                                               to.to_string() + " failed with exit code " +
                                                               std::to_string(std::to_underlying(reply.code)));
        if (reply.data) failure.data = Payload{reply.codec, std::move(*reply.data)};
        return failure;
    }
    return std::move(reply.data);
}

Runtime::Event::Event(std::string_view type) {
    constexpr std::uint64_t kKeyAndValueIndexed = 3;
    add("$type", strata::to_cbor(std::string(type)), kKeyAndValueIndexed);
}

Runtime::Event& Runtime::Event::add(std::string_view key, Bytes value, std::uint64_t flags) {
    entries_.push_back({flags, std::string(key), Codec::cbor, std::move(value)});
    return *this;
}

Done Runtime::emit(const Event& event) {
    return unwrap(kernel_.emit_event(event.entries()), ExitCode::assertion_failed, "event");
}

Done Runtime::charge_round() {
    // In the reference every round costs more than this, because one lookup alone costs more.
    constexpr std::uint64_t gas = 10'000;
    return unwrap(kernel_.gas_tracker().charge({"OnNativeRound", vm::gas(gas), 0}), ExitCode::assertion_failed, "gas");
}

namespace {

// Returns tag || digest || epoch || entropy, with the numbers in big-endian order.
Bytes mix_input(std::int64_t tag, const Hash256& digest, ChainEpoch epoch, BytesView entropy) {
    Bytes input(8);
    store_be(input.data(), static_cast<std::uint64_t>(tag));
    append(input, digest);
    ByteArray<8> at;
    store_be(at.data(), static_cast<std::uint64_t>(epoch));
    append(input, at);
    append(input, entropy);
    return input;
}

}  // namespace

ActorResult<Hash256> Runtime::chain_randomness(std::int64_t tag, ChainEpoch epoch, BytesView entropy) {
    STRATA_TRY(const auto digest,
               unwrap(kernel_.get_chain_randomness(epoch), ExitCode::illegal_argument, "chain randomness"));
    return blake2b(mix_input(tag, digest, epoch, entropy));
}

ActorResult<Hash256> Runtime::beacon_randomness(std::int64_t tag, ChainEpoch epoch, BytesView entropy) {
    STRATA_TRY(const auto digest,
               unwrap(kernel_.get_beacon_randomness(epoch), ExitCode::illegal_argument, "beacon randomness"));
    return blake2b(mix_input(tag, digest, epoch, entropy));
}

ActorResult<Hash256> Runtime::blake2b(BytesView data) {
    STRATA_TRY(const Bytes digest,
               unwrap(kernel_.hash(HashCode::blake2b_256, data), ExitCode::assertion_failed, "hash"));
    Hash256 out;
    std::ranges::copy(digest, out.begin());
    return out;
}

}  // namespace strata::actors
