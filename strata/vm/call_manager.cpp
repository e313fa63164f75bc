#include <strata/vm/call_manager.hpp>

#include <strata/crypto/hash.hpp>
#include <strata/vm/default_kernel.hpp>
#include <strata/vm/trace.hpp>

namespace strata::vm {
namespace {

// Returns true for the actors that are always read and updated for free (docs/protocol/fvm.md §4.3).
bool is_preloaded(ActorId id) {
    return id <= kDatacapId || id == kEamId || id == kBurntFundsId;
}

// Returns the CID of an empty CBOR array, whose only byte is 0x80.
const Cid& empty_array_cid() {
    static const Cid cid = Cid::hash_of(Codec::dag_cbor, Bytes{0x80});
    return cid;
}

constexpr MethodNumber kConstructor = 1;

struct AccountState {
    Address address;
    STRATA_CBOR_TUPLE(address);
};

// The types of which generation 2 allows one actor only (fvm@v2.12.2 machine/manifest.rs, SINGLETON_ACTOR_NAMES).
bool is_single(ActorType type) {
    return type == ActorType::system || type == ActorType::init || type == ActorType::reward ||
           type == ActorType::cron || type == ActorType::power || type == ActorType::market ||
           type == ActorType::verified_registry;
}

}  // namespace

ExitCode exit_code_of(const SyscallFailure& failure) {
    STRATA_CHECK(failure.kind != SyscallFailure::Kind::broken);
    if (failure.kind == SyscallFailure::Kind::out_of_gas) return ExitCode::sys_out_of_gas;
    if (failure.kind == SyscallFailure::Kind::fatal) return ExitCode::sys_assertion_failed;
    if (failure.number == ErrorNumber::insufficient_funds) return ExitCode::sys_insufficient_funds;
    if (failure.number == ErrorNumber::not_found) return ExitCode::sys_invalid_receiver;
    return ExitCode::sys_assertion_failed;
}

CallManager::CallManager(const MachineConfig& config, const Manifest& manifest, Doors doors, StateTree& tree,
                         GasTracker& gas, Origin origin, Tracer* tracer)
    : config_(config),
      generation_(generation_of(config.network.network_version)),
      prices_(price_list(config.network.network_version)),
      manifest_(manifest),
      doors_(doors),
      tree_(tree),
      gas_(gas),
      origin_(std::move(origin)),
      tracer_(tracer) {
    // Preflight and settlement have already paid for the access to the receiver and the sender (docs/protocol/fvm.md
    // §4.3).
    if (origin_.receiver) accessed_[*origin_.receiver] = Access::read;
    accessed_[origin_.id] = Access::updated;
}

void CallManager::keep_broken(const SyscallFailure& failure) {
    if (failure.error && !broken_by_) broken_by_ = failure.error;
}

SyscallFailure CallManager::broken_or_fatal(Error error) {
    auto failure = vm::broken_or_fatal(std::move(error));
    keep_broken(failure);
    return failure;
}

SyscallFailure CallManager::broken_or(ErrorNumber number, Error error) {
    auto failure = vm::broken_or(number, std::move(error));
    keep_broken(failure);
    return failure;
}

SyscallFailure CallManager::broken(Error error) {
    auto failure = vm::broken(std::move(error));
    keep_broken(failure);
    return failure;
}

Syscall<void> CallManager::charge_read(ActorId id) {
    if (prices_.actor_lookup == 0 || is_preloaded(id) || accessed_.contains(id)) return {};
    STRATA_OK(gas_.charge(prices_.on_actor_lookup()));
    note_access(id, Access::read);
    return {};
}

Syscall<void> CallManager::charge_update(ActorId id) {
    if (prices_.actor_update == 0 || is_preloaded(id)) return {};
    if (const auto it = accessed_.find(id); it != accessed_.end() && it->second == Access::updated) return {};
    STRATA_OK(gas_.charge(prices_.on_actor_update()));
    note_access(id, Access::updated);
    return {};
}

Syscall<std::optional<ActorId>> CallManager::resolve(const Address& address) {
    const auto id = tree_.resolve(address);
    if (!id) return broken_or_fatal(id.error());
    if (tracer_ != nullptr) tracer_->looked_up(address, id->has_value());
    return *id;
}

void CallManager::note_access(ActorId id, Access access) {
    const auto [it, is_new] = accessed_.try_emplace(id, access);
    access_undo_.emplace_back(id, is_new ? std::nullopt : std::optional(it->second));
    it->second = access;
}

void CallManager::undo_accesses(std::size_t down_to) {
    for (; access_undo_.size() > down_to; access_undo_.pop_back()) {
        const auto& [id, before] = access_undo_.back();
        if (before) {
            accessed_[id] = *before;
        } else {
            accessed_.erase(id);
        }
    }
}

Syscall<std::optional<ActorState>> CallManager::read_actor(ActorId id) {
    STRATA_OK(charge_read(id));
    auto state = tree_.get(id);
    if (!state) return broken_or_fatal(state.error());
    return std::move(*state);
}

Syscall<void> CallManager::write_actor(ActorId id, std::optional<ActorState> state) {
    STRATA_OK(charge_update(id));
    if (state) {
        tree_.set(id, std::move(*state));
    } else {
        tree_.remove(id);
    }
    return {};
}

Syscall<void> CallManager::transfer(ActorId from, ActorId to, const TokenAmount& value) {
    if (value.is_negative())
        return syscall_error(ErrorNumber::illegal_argument,
                             "the value is " + value.to_string() + " attoFIL, expected at least 0");
    STRATA_TRY(auto sender, read_actor(from));
    if (!sender || sender->balance < value)
        return syscall_error(ErrorNumber::insufficient_funds,
                             "f0" + std::to_string(from) + " holds " +
                                 (sender ? sender->balance : TokenAmount()).to_string() +
                                 " attoFIL, expected at least " + value.to_string() + ", the value to send");
    // A transfer to the sender itself changes nothing, but it needs the balance.
    if (from == to) return {};
    STRATA_TRY(auto receiver, read_actor(to));
    if (!receiver)
        return syscall_error(ErrorNumber::not_found, "the receiver f0" + std::to_string(to) + " does not exist");
    sender->balance -= value;
    receiver->balance += value;
    STRATA_CHECK(!sender->balance.is_negative());
    STRATA_OK(write_actor(from, std::move(sender)));
    return write_actor(to, std::move(receiver));
}

Syscall<CallResult> CallManager::call(CallRequest request) {
    if (tracer_ == nullptr) return call_untraced(request);
    tracer_->enter(request);
    auto result = call_untraced(request);
    tracer_->leave(result);
    return result;
}

Syscall<CallResult> CallManager::call_untraced(const CallRequest& request) {
    // Generation 2 does not count the message's own call.
    const unsigned deepest = kMaxCallDepth + (generation_ == Generation::two ? 1 : 0);
    if (depth_ >= deepest)
        return syscall_error(ErrorNumber::limit_exceeded, "calls are nested deeper than " + std::to_string(deepest));
    // A call that fails leaves no trace but the gas that it used: its state, its events and the accesses that it paid
    // for are taken back.
    ++depth_;
    const Milligas outer_limit = request.gas_limit ? gas_.narrow(*request.gas_limit) : 0;
    const std::size_t events = events_.size();
    const std::size_t accesses = access_undo_.size();
    const std::uint64_t memory = memory_.used();
    tree_.begin();
    auto result = call_unchecked(request);
    const bool keep = result.has_value() && result->exit_code == ExitCode::ok && !broken_by_;
    if (keep) {
        tree_.commit();
    } else {
        tree_.revert();
        events_.resize(events);
        undo_accesses(accesses);
    }
    memory_.restore(memory);
    --depth_;
    if (!result) keep_broken(result.error());
    // The message must not continue after state that could not be read, whatever the called actor made of the failure.
    if (broken_by_) return vm::broken(*broken_by_);
    if (request.gas_limit) {
        gas_.restore(outer_limit);
        // If the call used up its own allowance while the caller still has gas, the caller sees an exit code and
        // continues.
        if (!result && result.error().kind == SyscallFailure::Kind::out_of_gas && gas_.available() > 0)
            return CallResult{ExitCode::sys_out_of_gas, std::nullopt, "the call used up its own gas limit"};
    }
    return result;
}

// Runs a call without the depth limit, the gas limit and the rollback, which call() adds.
Syscall<CallResult> CallManager::call_unchecked(const CallRequest& request) {
    STRATA_TRY(const ActorId to, resolve_or_create(request));
    STRATA_TRY(auto result, call_resolved(request, to, tracer_));
    // In generation 2 a message pays for its return value after the call, also if there is none.
    if (generation_ == Generation::two && depth_ == 1 && result.exit_code == ExitCode::ok)
        STRATA_OK(gas_.charge(prices_.on_chain_return_value(result.data ? result.data->data->size() : 0)));
    return result;
}

Syscall<ActorId> CallManager::resolve_or_create(const CallRequest& request) {
    STRATA_TRY(const auto found, resolve(request.to));
    if (found) return *found;
    // A send to a key creates the account of that key. A send to an Ethereum address creates a placeholder.
    const auto protocol = request.to.protocol();
    ActorType type = ActorType::none;
    if (protocol == Address::Protocol::secp256k1 || protocol == Address::Protocol::bls) type = ActorType::account;
    if (has_delegated_addresses(generation_) && protocol == Address::Protocol::delegated &&
        request.to.delegated_space() == kEamId)
        type = ActorType::placeholder;
    if (type == ActorType::none)
        return syscall_error(ErrorNumber::not_found, "there is no actor at " + request.to.to_string());
    if (request.read_only) return syscall_error(ErrorNumber::read_only, "a read-only call cannot create an actor");
    return create_from_send(request.to, type);
}

Syscall<ActorId> CallManager::create_from_send(const Address& address, ActorType type) {
    const auto pay = [&] { return gas_.charge(prices_.on_create_actor(/*with_new_address=*/true)); };
    // Generation 2 charges first.
    if (generation_ == Generation::two) STRATA_OK(pay());
    if (address.is_zero_bls())
        return syscall_error(ErrorNumber::illegal_argument, "the address of the zero BLS key cannot become an account");
    if (generation_ != Generation::two) STRATA_OK(pay());
    const auto code = manifest_.codes.find(type);
    if (code == manifest_.codes.end())
        return fatal("the manifest has no code for the actor type " + std::string(actor_type_name(type)));
    auto stored = tree_.store().put(Codec::dag_cbor, Bytes{0x80});
    if (!stored) return broken_or_fatal(stored.error());
    auto id = tree_.register_address(address);
    if (!id) return broken_or_fatal(id.error());
    if (tracer_ != nullptr) tracer_->know_address(address);
    ActorState state{
        .code = code->second, .head = empty_array_cid(), .sequence = 0, .balance = 0, .delegated_address = {}};
    if (type == ActorType::placeholder) state.delegated_address = address;
    STRATA_OK(charge_read(*id));
    STRATA_OK(write_actor(*id, std::move(state)));
    // A placeholder is complete now. An account learns its key from its constructor.
    if (type == ActorType::placeholder) return *id;
    const CallRequest construct{
        .from = kSystemId,
        .to = Address::id(*id),
        .method = kConstructor,
        .params = Block{params_codec(generation_, kConstructor), std::make_shared<const Bytes>(to_cbor(address)), {}},
        .value = 0,
        .gas_limit = {},
        .read_only = false,
    };
    // The reference looks only at failures, not at the exit code, and traces no constructor that a send implies
    // (call_manager/default.rs).
    STRATA_OK(call_resolved(construct, *id, nullptr));
    return *id;
}

Syscall<CallResult> CallManager::call_resolved(const CallRequest& request, ActorId to, Tracer* tracer) {
    STRATA_TRY(const auto actor, read_actor(to));
    if (!actor) return syscall_error(ErrorNumber::not_found, "there is no actor f0" + std::to_string(to));
    const Cid code = actor->code;
    if (tracer != nullptr) tracer->invoked(to, *actor);
    // Value moves before the code runs. A plain send (method 0) runs no code at all.
    STRATA_OK(move_value(request, to));
    if (request.method == 0) return CallResult{};
    return invoke(request, to, code);
}

// Generation 2 charges for the complete call before the value moves; later generations charge for the value here, and
// for running the code later.
Syscall<void> CallManager::move_value(const CallRequest& request, ActorId to) {
    const bool moves = !request.value.is_zero();
    if (generation_ == Generation::two) {
        STRATA_OK(gas_.charge(prices_.on_call(moves, request.method != 0)));
    } else if (moves) {
        STRATA_OK(gas_.charge(prices_.on_value_transfer()));
    }
    return moves ? transfer(request.from, to, request.value) : Syscall<void>();
}

Syscall<CallResult> CallManager::invoke(const CallRequest& request, ActorId to, const Cid& code) {
    const ActorType type = manifest_.type_of(code);
    if (generation_ != Generation::two)
        STRATA_OK(gas_.charge(prices_.on_method_invocation(request.params ? request.params->links.size() : 0)));
    else if (type == ActorType::none)  // only the code of the manifest is loaded (machine/engine.rs, get_instance)
        return fatal("the code " + code.to_string() + " is not in the state's manifest");
    if (!doors_.actors.knows(code, type)) return broken(unknown_code(code, type, config_.network.network_version));
    const ActorCode* actor_code = doors_.actors.find(code, type);
    if (actor_code == nullptr)
        return CallResult{ExitCode::unhandled_message, std::nullopt,
                          "this node has no code for the actor type " + std::string(actor_type_name(type))};
    const MessageContext context{
        .origin = origin_.id,
        .nonce = origin_.nonce,
        .caller = request.from,
        .receiver = to,
        .method = request.method,
        .value_received = request.value,
        .gas_premium = origin_.premium,
        .read_only = request.read_only,
    };
    DefaultKernel kernel(*this, context);
    const BlockId params = request.params ? kernel.add_params(*request.params) : kNoBlock;
    STRATA_TRY(auto exit, actor_code->invoke(kernel, params));
    return finish(kernel, std::move(exit));
}

Syscall<CallResult> CallManager::finish(const DefaultKernel& kernel, ActorExit exit) {
    CallResult result{exit.code, std::nullopt, std::move(exit.message)};
    if (exit.data == kNoBlock) return result;
    const Block* data = kernel.blocks().find(exit.data);
    if (data == nullptr) {
        // An actor that returns a missing block gets an exit code of its own; an exit with a missing block is fatal
        // (call_manager/default.rs).
        if (exit.by_exit || exit.code != ExitCode::ok)
            return fatal("the actor exited with a block that does not exist");
        return CallResult{ExitCode::sys_missing_return, std::nullopt, "the actor returned a block that does not exist"};
    }
    result.data = *data;
    if (generation_ == Generation::two) return result;
    // The return value of the message itself (depth 1) is stored on chain and pays for its bytes. The return value of a
    // nested call pays for tracking its links only.
    STRATA_OK(gas_.charge(depth_ <= 1 ? prices_.on_chain_return_value(data->data->size())
                                      : prices_.on_method_return(data->links.size())));
    return result;
}

void CallManager::emit(StampedEvent event) {
    if (tracer_ != nullptr) tracer_->emitted(event);
    events_.push_back(std::move(event));
}

Syscall<Address> CallManager::next_actor_address() {
    // The seed has the sender's address as the message wrote it, so the sender knows the new actor's address in
    // advance, and a reorganization of the chain does not change that address. In generation 2 it has the sender's key.
    Address origin = origin_.address;
    if (generation_ == Generation::two) {
        auto key = key_address(origin, /*is_paid=*/false);
        if (!key && key.error().kind == SyscallFailure::Kind::number) return fatal(key.error().message);
        STRATA_TRY(origin, std::move(key));
    }
    CborWriter w;
    origin.to_cbor(w);
    Bytes seed = w.take();
    ByteArray<16> numbers;
    store_be(numbers.data(), origin_.nonce);
    store_be(numbers.data() + 8, created_);
    append(seed, numbers);
    if (generation_ == Generation::two) ++created_;
    return Address::actor(seed);
}

// Source: fvm@v2.12.2 kernel/default.rs, resolve_to_key_addr.
Syscall<Address> CallManager::key_address(const Address& address, bool is_paid) {
    if (address.protocol() == Address::Protocol::secp256k1 || address.protocol() == Address::Protocol::bls)
        return address;
    const auto id = tree_.resolve(address);
    if (!id) return broken_or_fatal(id.error());
    STRATA_TRY(const auto actor, *id ? read_actor(**id) : Syscall<std::optional<ActorState>>(std::nullopt));
    if (!actor) return syscall_error(ErrorNumber::not_found, "there is no actor at " + address.to_string());
    if (manifest_.type_of(actor->code) != ActorType::account)
        return syscall_error(ErrorNumber::illegal_argument, address.to_string() + " is not an account");
    if (is_paid) STRATA_OK(gas_.charge(prices_.on_block_open_base()));
    const auto block = tree_.store().get(actor->head);
    if (!block) return broken_or_fatal(block.error());
    if (is_paid) STRATA_OK(gas_.charge(prices_.on_block_open(block->size(), 0)));
    const auto state = from_cbor<AccountState>(*block);
    if (!state) return broken_or_fatal(state.error());
    return state->address;
}

// Any actor may create in generation 2, but only actors of which there can be several (fvm@v2.12.2 kernel/default.rs,
// create_actor).
Syscall<void> CallManager::create_builtin_actor(ActorId id, const Cid& code) {
    const ActorType type = manifest_.type_of(code);
    if (type == ActorType::none) return syscall_error(ErrorNumber::forbidden, "only built-in actors can be created");
    if (is_single(type))
        return syscall_error(ErrorNumber::forbidden,
                             "there can be only one actor of type " + std::string(actor_type_name(type)));
    STRATA_TRY(const auto existing, read_actor(id));
    if (existing) return syscall_error(ErrorNumber::forbidden, "f0" + std::to_string(id) + " already exists");
    STRATA_OK(gas_.charge(prices_.on_create_actor(/*with_new_address=*/false)));
    auto stored = tree_.store().put(Codec::dag_cbor, Bytes{0x80});
    if (!stored) return broken_or_fatal(stored.error());
    return write_actor(
        id, ActorState{.code = code, .head = empty_array_cid(), .sequence = 0, .balance = 0, .delegated_address = {}});
}

Syscall<void> CallManager::create_actor(ActorId id, const Cid& code, const std::optional<Address>& delegated) {
    if (generation_ == Generation::two) return create_builtin_actor(id, code);
    if (manifest_.type_of(code) == ActorType::placeholder)
        return syscall_error(ErrorNumber::forbidden, "a placeholder cannot be created explicitly");
    STRATA_TRY(auto existing, read_actor(id));
    ActorState state{
        .code = code, .head = empty_array_cid(), .sequence = 0, .balance = 0, .delegated_address = delegated};
    if (existing) {
        if (manifest_.type_of(existing->code) != ActorType::placeholder)
            return syscall_error(ErrorNumber::forbidden,
                                 "f0" + std::to_string(id) + " already exists and is not a placeholder");
        if (!existing->delegated_address) return fatal("a placeholder has no delegated address");
        if (existing->delegated_address != delegated)
            return syscall_error(ErrorNumber::forbidden,
                                 "the placeholder f0" + std::to_string(id) + " has the delegated address " +
                                     existing->delegated_address->to_string() + ", which is not that of the new actor");
        // The placeholder becomes the new actor and keeps its balance and its address.
        state = std::move(*existing);
        state.code = code;
    } else {
        STRATA_OK(gas_.charge(prices_.on_create_actor(/*with_new_address=*/false)));
        // Until its constructor has run, the actor's state is an empty list.
        auto stored = tree_.store().put(Codec::dag_cbor, Bytes{0x80});
        if (!stored) return broken_or_fatal(stored.error());
    }
    STRATA_OK(write_actor(id, std::move(state)));
    ++created_;
    return {};
}

}  // namespace strata::vm
