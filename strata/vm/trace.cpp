#include <strata/vm/trace.hpp>

namespace strata::vm {
namespace {

void append_charges(const CallTrace& call, std::vector<GasCharge>& out) {
    std::size_t at = 0;
    for (const auto& subcall : call.subcalls) {
        for (; at < subcall.charges_before; ++at) out.push_back(call.charges[at]);
        append_charges(subcall, out);
    }
    for (; at < call.charges.size(); ++at) out.push_back(call.charges[at]);
}

}  // namespace

std::vector<GasCharge> charges_in_order(const MessageTrace& trace) {
    std::vector<GasCharge> out;
    append_charges(trace.root, out);
    return out;
}

Tracer::Tracer(GasTracker& gas) : gas_(gas) {
    gas_.trace_into(&trace_->root.charges);
}

// A message can hand the same megabyte to many calls.
bool Tracer::has_room(std::size_t bytes) {
    if (bytes > room_) trace_->is_cut = true;
    if (trace_->is_cut) return false;
    room_ -= bytes;
    return true;
}

void Tracer::emitted(const StampedEvent& event) {
    std::size_t bytes = 0;
    for (const auto& entry : event.entries) bytes += entry.key.size() + entry.value.size();
    auto& call = *open_.back().call;
    if (has_room(bytes)) call.events.push_back({event, call.subcalls.size()});
}

void Tracer::know_address(const Address& address) {
    if (!address.as_id() && is_known_.insert(address).second) known_.push_back(address);
}

void Tracer::looked_up(const Address& address, bool found) {
    if (address.as_id() || is_known_.contains(address)) return;
    gas_.note("OnResolveAddress");
    if (found) know_address(address);
}

void Tracer::enter(const CallRequest& request) {
    CallTrace* call = &trace_->root;
    if (!open_.empty()) {
        auto& caller = *open_.back().call;
        call = &caller.subcalls.emplace_back();
        call->charges_before = caller.charges.size();
    }
    call->from = request.from;
    call->to = request.to;
    call->value = request.value;
    call->method = request.method;
    if (request.params) {
        if (has_room(request.params->data->size())) call->params = *request.params->data;
        call->params_codec = static_cast<std::uint64_t>(request.params->codec);
    }
    call->gas_limit = whole_gas(std::min(request.gas_limit.value_or(UINT64_MAX), gas_.available()));
    call->read_only = request.read_only;
    open_.push_back({call, known_.size()});
    gas_.trace_into(&call->charges);
}

void Tracer::leave(const Syscall<CallResult>& result) {
    auto& call = *open_.back().call;
    // A failure of this node has no exit code, and its message no trace.
    if (result) {
        call.exit_code = static_cast<std::uint32_t>(result->exit_code);
        if (result->data) {
            if (has_room(result->data->data->size())) call.return_data = *result->data->data;
            call.return_codec = static_cast<std::uint64_t>(result->data->codec);
        }
    } else if (result.error().kind != SyscallFailure::Kind::broken) {
        call.exit_code = static_cast<std::uint32_t>(exit_code_of(result.error()));
    }
    if (!result || result->exit_code != ExitCode::ok)
        for (; known_.size() > open_.back().known; known_.pop_back()) is_known_.erase(known_.back());
    open_.pop_back();
    if (!open_.empty()) gas_.trace_into(&open_.back().call->charges);
}

}  // namespace strata::vm
