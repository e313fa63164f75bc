// The part of DefaultKernel with the syscalls about other actors (addresses, records, creation, sends, events), about
// the network and about randomness.
#include <strata/base/utf8.hpp>
#include <strata/vm/default_kernel.hpp>
#include <strata/vm/trace.hpp>

namespace strata::vm {
namespace {

// The limits of one event (docs/protocol/fvm.md §4.7).
constexpr std::size_t kMaxEventEntries = 255;
constexpr std::size_t kMaxEventKey = 31;
constexpr std::size_t kMaxEventValues = 8192;

// The farthest tipset that generation 3 returns lies less than this many epochs back (fvm@v3.14.2 kernel/default.rs).
constexpr ChainEpoch kFinality = 900;

// Cuts one entry out of the buffers and moves them past it. The order of the checks decides which error the actor sees
// (kernel/default.rs, emit_event).
Syscall<EventEntry> take_entry(const EventHeader& header, BytesView& keys, BytesView& values) {
    const auto illegal = [](std::string message) {
        return syscall_error(ErrorNumber::illegal_argument, std::move(message));
    };
    if (header.flags > 3)
        return illegal("the flags of an event entry are " + std::to_string(header.flags) + ", expected 0 to 3");
    if (header.key_size > kMaxEventKey)
        return syscall_error(ErrorNumber::limit_exceeded, "an event key has " + std::to_string(header.key_size) +
                                                              " bytes, expected at most " +
                                                              std::to_string(kMaxEventKey));
    if (header.key_size > keys.size() || !is_utf8(as_text(keys.first(header.key_size))))
        return illegal("an event key exceeds the buffer of the keys, or ends inside a character");
    if (header.value_size > values.size()) return illegal("an event value exceeds the buffer of the values");
    if (header.codec != Codec::cbor && header.codec != Codec::raw)
        return syscall_error(ErrorNumber::illegal_codec, "the codec of an event value is " +
                                                             std::to_string(static_cast<std::uint64_t>(header.codec)) +
                                                             ", expected CBOR (81) or raw (85)");
    EventEntry out{header.flags, std::string(as_text(keys.first(header.key_size))), header.codec,
                   to_bytes(values.first(header.value_size))};
    keys = keys.subspan(header.key_size);
    values = values.subspan(header.value_size);
    return out;
}

}  // namespace

Syscall<Cid> DefaultKernel::tipset_cid(ChainEpoch epoch) {
    const ChainEpoch now = network().epoch;
    if (epoch < 0 || epoch >= now)
        return syscall_error(ErrorNumber::illegal_argument, "the tipset's epoch is " + std::to_string(epoch) +
                                                                ", expected 0 to " + std::to_string(now - 1));
    if (generation() == Generation::three && now - epoch >= kFinality)
        return syscall_error(ErrorNumber::illegal_argument, "the tipset lies " + std::to_string(now - epoch) +
                                                                " epochs back, expected at most " +
                                                                std::to_string(kFinality - 1));
    STRATA_OK(charge(prices().on_tipset_cid(now - epoch)));
    auto cid = calls_.doors().externs.tipset_cid(epoch);
    if (!cid) return calls_.broken_or_fatal(cid.error());
    return *cid;
}

Syscall<TokenAmount> DefaultKernel::total_fil_circ_supply() {
    return calls_.config().circulating_supply;
}

Syscall<Hash256> DefaultKernel::randomness(ChainEpoch epoch, Result<Hash256> (Externs::*draw)(ChainEpoch)) {
    std::int64_t lookback = 0;
    if (__builtin_sub_overflow(network().epoch, epoch, &lookback))
        return syscall_error(ErrorNumber::illegal_argument,
                             "the actor asks for the randomness of epoch " + std::to_string(epoch) +
                                 ", which is too far from the current epoch " + std::to_string(network().epoch));
    STRATA_OK(charge(prices().on_get_randomness(lookback)));
    auto digest = (calls_.doors().externs.*draw)(epoch);
    if (!digest) return calls_.broken_or(ErrorNumber::illegal_argument, digest.error());
    return *digest;
}
Syscall<Hash256> DefaultKernel::get_chain_randomness(ChainEpoch epoch) {
    return randomness(epoch, &Externs::chain_randomness);
}
Syscall<Hash256> DefaultKernel::get_beacon_randomness(ChainEpoch epoch) {
    return randomness(epoch, &Externs::beacon_randomness);
}

Syscall<ActorId> DefaultKernel::resolve_address(const Address& address) {
    note("OnResolveAddress");
    STRATA_TRY(const auto id, calls_.resolve(address));
    if (!id) return syscall_error(ErrorNumber::not_found, "there is no actor at " + address.to_string());
    return *id;
}

Syscall<std::optional<Address>> DefaultKernel::lookup_delegated_address(ActorId id) {
    note("OnLookupAddress");
    STRATA_TRY(const auto state, calls_.read_actor(id));
    if (!state) return syscall_error(ErrorNumber::not_found, "there is no actor f0" + std::to_string(id));
    return state->delegated_address;
}

Syscall<Cid> DefaultKernel::get_actor_code_cid(ActorId id) {
    note("OnGetActorCodeCid");
    STRATA_TRY(const auto state, calls_.read_actor(id));
    if (!state) return syscall_error(ErrorNumber::not_found, "there is no actor f0" + std::to_string(id));
    return state->code;
}

Syscall<Address> DefaultKernel::next_actor_address() {
    return calls_.next_actor_address();
}

Syscall<void> DefaultKernel::create_actor(ActorId id, const Cid& code, const std::optional<Address>& delegated) {
    if (generation() == Generation::two) return calls_.create_actor(id, code, std::nullopt);
    if (message_.receiver != kInitId)
        return syscall_error(ErrorNumber::forbidden, "the caller is f0" + std::to_string(message_.receiver) +
                                                         "; only the init actor f01 may create actors");
    if (message_.read_only) return syscall_error(ErrorNumber::read_only, "a read-only call cannot create an actor");
    return calls_.create_actor(id, code, delegated);
}

Syscall<ActorType> DefaultKernel::get_builtin_actor_type(const Cid& code) {
    note("OnGetBuiltinActorType");
    return calls_.manifest().type_of(code);
}

Syscall<Cid> DefaultKernel::get_code_cid_for_type(ActorType type) {
    note("OnGetCodeCidForType");
    const auto it = calls_.manifest().codes.find(type);
    if (it == calls_.manifest().codes.end())
        return syscall_error(ErrorNumber::illegal_argument, "the manifest has no code for actor type " +
                                                                std::to_string(static_cast<std::int32_t>(type)));
    return it->second;
}

Syscall<TokenAmount> DefaultKernel::balance_of(ActorId id) {
    note("OnBalanceOf");
    STRATA_TRY(const auto state, calls_.read_actor(id));
    if (!state) return syscall_error(ErrorNumber::not_found, "there is no actor f0" + std::to_string(id));
    return state->balance;
}

Syscall<void> DefaultKernel::charge_gas(std::string_view name, std::uint64_t amount) {
    Tracer* const tracer = calls_.tracer();
    return charge({tracer == nullptr ? "" : tracer->keep_name(name), gas(amount), 0});
}

Syscall<std::uint64_t> DefaultKernel::gas_available() {
    return calls_.gas().available() / 1000;
}

Syscall<SendResult> DefaultKernel::send(const SendParams& params) {
    const bool read_only = params.read_only || message_.read_only;
    if (read_only && !params.value.is_zero())
        return syscall_error(ErrorNumber::read_only, "a read-only call cannot move value");
    CallRequest request{
        .from = message_.receiver,
        .to = params.to,
        .method = params.method,
        .params = {},
        .value = params.value,
        .gas_limit = params.gas_limit ? std::optional(gas(*params.gas_limit)) : std::nullopt,
        .read_only = read_only,
    };
    if (params.params != kNoBlock) {
        const Block* block = blocks_.find(params.params);
        if (block == nullptr)
            return syscall_error(ErrorNumber::invalid_handle,
                                 "the call has no block with handle " + std::to_string(params.params));
        request.params = *block;
    }
    STRATA_TRY(auto result, calls_.call(std::move(request)));
    if (!result.data) return SendResult{result.exit_code, kNoBlock, {}};
    // The caller may open the blocks that the returned block links to.
    reach(result.data->links);
    const auto stat = result.data->stat();
    return SendResult{result.exit_code, blocks_.put(std::move(*result.data)), stat};
}

Syscall<void> DefaultKernel::emit_packed_event(std::span<const EventHeader> headers, BytesView keys, BytesView values) {
    if (message_.read_only) return syscall_error(ErrorNumber::read_only, "a read-only call cannot emit events");
    // An event that is too large is paid for before it is refused, as in ref-fvm.
    STRATA_OK(charge(prices().on_event_emit(headers.size(), keys.size(), values.size())));
    if (headers.size() > kMaxEventEntries || values.size() > kMaxEventValues)
        return syscall_error(ErrorNumber::limit_exceeded,
                             "the event has " + std::to_string(headers.size()) + " entries with values of " +
                                 std::to_string(values.size()) + " bytes, expected at most " +
                                 std::to_string(kMaxEventEntries) + " entries and " + std::to_string(kMaxEventValues) +
                                 " bytes");
    if (!is_utf8(as_text(keys)))
        return syscall_error(ErrorNumber::illegal_argument, "the event keys are not valid UTF-8");
    StampedEvent event{message_.receiver, {}};
    for (const auto& header : headers) {
        STRATA_TRY(auto entry, take_entry(header, keys, values));
        event.entries.push_back(std::move(entry));
    }
    if (!keys.empty() || !values.empty())
        return syscall_error(ErrorNumber::illegal_argument,
                             "the buffers of the event have " + std::to_string(keys.size()) + " bytes of keys and " +
                                 std::to_string(values.size()) + " bytes of values that no entry names");
    calls_.emit(std::move(event));
    return {};
}

void DefaultKernel::emit_checked_event(std::vector<EventEntry> entries) {
    calls_.emit({message_.receiver, std::move(entries)});
}

void DefaultKernel::log(std::string_view text) {
    if (auto* const tracer = calls_.tracer()) tracer->log(text);
}

}  // namespace strata::vm
