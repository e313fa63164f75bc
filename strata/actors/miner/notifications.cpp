#include <strata/actors/miner/notifications.hpp>

#include <map>

#include <strata/actors/market/types.hpp>

namespace strata::actors::miner {
namespace {

using market::SectorChanges;

// Receivers are called in the order of their protocols, then of numbers (IDs, namespaces), lengths and bytes
// (fvm_shared's derived order of addresses). This differs from the order of the addresses' bytes.
struct ReceiverOrder {
    static auto key(const Address& address) {
        const std::uint64_t number = address.as_id().value_or(address.delegated_space().value_or(0));
        return std::make_tuple(address.protocol(), number, address.bytes().size(), to_bytes(address.bytes()));
    }
    bool operator()(const Address& a, const Address& b) const { return key(a) < key(b); }
};

using Changes = std::map<SectorNumber, SectorChanges>;

std::map<Address, Changes, ReceiverOrder> changes_by_receiver(const std::vector<ActivationNotifications>& activations) {
    std::map<Address, Changes, ReceiverOrder> out;
    // If a sector is named twice, its last expiration counts for both, as in builtin-actors.
    std::map<SectorNumber, ChainEpoch> expirations;
    for (const auto& a : activations) expirations[a.sector_number] = a.sector_expiration;
    for (const auto& a : activations) {
        for (const auto& piece : *a.pieces) {
            for (const auto& receiver : piece.notify) {
                auto& change = out[receiver.address][a.sector_number];
                change.sector = a.sector_number;
                change.minimum_commitment_epoch = expirations[a.sector_number];
                change.added.push_back({piece.cid, piece.size, receiver.payload});
            }
        }
    }
    return out;
}

ActorResult<market::SectorContentChangedReturn> send_notification(Runtime& rt, const Address& receiver,
                                                                  const market::SectorContentChangedParams& params) {
    STRATA_TRY(const auto reply, rt.send(receiver, market::kSectorContentChanged, to_cbor(params), 0));
    if (reply.error)
        return abort(kNotificationSendFailed, "the notification could not be sent to " + receiver.to_string());
    if (reply.code != ExitCode::ok)
        return abort(kNotificationReceiverAborted, receiver.to_string() + " ended the notification with exit code " +
                                                       std::to_string(std::to_underlying(reply.code)));
    const bool readable = reply.data && (reply.codec == Codec::cbor || reply.codec == Codec::dag_cbor);
    if (!readable)
        return abort(kNotificationResponseInvalid, receiver.to_string() + " did not answer the notification in CBOR");
    auto answer = from_received_cbor<market::SectorContentChangedReturn>(*reply.data);
    if (!answer)
        return abort(kNotificationResponseInvalid,
                     "the answer of " + receiver.to_string() + " does not decode: " + answer.error().message());
    return std::move(*answer);
}

Done check_answer(const Address& receiver, const market::SectorContentChangedParams& request,
                  const market::SectorContentChangedReturn& answer) {
    if (answer.size() != request.size())
        return abort(kNotificationResponseInvalid, receiver.to_string() + " answered for " +
                                                       std::to_string(answer.size()) + " sectors, expected " +
                                                       std::to_string(request.size()));
    for (std::size_t i = 0; i < request.size(); ++i) {
        if (answer[i].size() != request[i].added.size())
            return abort(kNotificationResponseInvalid, receiver.to_string() + " answered for " +
                                                           std::to_string(answer[i].size()) + " pieces of sector " +
                                                           std::to_string(request[i].sector) + ", expected " +
                                                           std::to_string(request[i].added.size()));
        for (const auto& piece : answer[i])
            if (!piece.accepted)
                return abort(kNotificationRejected,
                             receiver.to_string() + " rejected a piece of sector " + std::to_string(request[i].sector));
    }
    return {};
}

}  // namespace

Done notify_data_consumers(Runtime& rt, const std::vector<ActivationNotifications>& activations, bool require_success) {
    for (const auto& [receiver, changes] : changes_by_receiver(activations)) {
        market::SectorContentChangedParams params;
        for (const auto& [sector, change] : changes) params.push_back(change);
        auto answer = send_notification(rt, receiver, params);
        // If no success is required, a receiver that fails is passed over, but running out of gas still ends the
        // message.
        if (!answer && (require_success || answer.error().kind != Abort::Kind::exit)) return std::move(answer).error();
        if (require_success) STRATA_OK(check_answer(receiver, params, *answer));
    }
    return {};
}

}  // namespace strata::actors::miner
