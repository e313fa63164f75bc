#include <strata/client/node_calls.hpp>

#include <charconv>

#include <nlohmann/json.hpp>

namespace strata::client {
namespace {

using api::Json;

/// Reads a member of an answer.
template <class T>
Result<T> member(const Json& object, const char* method, const char* name) {
    T out{};
    if (!object.is_object() || !object.contains(name))
        return fail(Errc::malformed, std::string(method) + ": the node's answer lacks the field " + name);
    if (auto done = api::read(object[name], out); !done)
        return std::move(done).error().with_context(std::string(method) + ": " + name);
    return out;
}

template <class T>
Result<T> value(const Json& answer, const char* method) {
    T out{};
    if (auto done = api::read(answer, out); !done) return std::move(done).error().with_context(method);
    return out;
}

Json cid_json(const Cid& cid) {
    return {{"/", cid.to_string()}};
}

Result<ChainDeal> read_deal(DealId id, const Json& json, const char* method) {
    if (!json.is_object() || !json.contains("Proposal") || !json.contains("State"))
        return fail(Errc::malformed, std::string(method) + ": a deal lacks its proposal or its state");
    const Json& terms = json["Proposal"];
    const Json& state = json["State"];
    ChainDeal out;
    out.id = id;
    auto& to = out.proposal;
    STRATA_TRY(to.piece_cid, member<Cid>(terms, method, "PieceCID"));
    STRATA_TRY(to.piece_size, member<std::uint64_t>(terms, method, "PieceSize"));
    STRATA_TRY(to.verified_deal, member<bool>(terms, method, "VerifiedDeal"));
    STRATA_TRY(to.client, member<Address>(terms, method, "Client"));
    STRATA_TRY(to.provider, member<Address>(terms, method, "Provider"));
    STRATA_TRY(to.label.value, member<std::string>(terms, method, "Label"));
    STRATA_TRY(to.start_epoch, member<ChainEpoch>(terms, method, "StartEpoch"));
    STRATA_TRY(to.end_epoch, member<ChainEpoch>(terms, method, "EndEpoch"));
    STRATA_TRY(to.storage_price_per_epoch, member<BigInt>(terms, method, "StoragePricePerEpoch"));
    STRATA_TRY(to.provider_collateral, member<BigInt>(terms, method, "ProviderCollateral"));
    STRATA_TRY(to.client_collateral, member<BigInt>(terms, method, "ClientCollateral"));
    STRATA_TRY(out.state.sector_start_epoch, member<ChainEpoch>(state, method, "SectorStartEpoch"));
    STRATA_TRY(out.state.last_updated_epoch, member<ChainEpoch>(state, method, "LastUpdatedEpoch"));
    STRATA_TRY(out.state.slash_epoch, member<ChainEpoch>(state, method, "SlashEpoch"));
    // Lotus does not print the sector's number before version 23 of the network.
    if (state.contains("SectorNumber")) {
        STRATA_TRY(out.state.sector_number, member<std::uint64_t>(state, method, "SectorNumber"));
    }
    return out;
}

}  // namespace

Result<ChainEpoch> NodeCalls::head_epoch() {
    STRATA_TRY(const auto head, node_.ask("ChainHead", Json::array()));
    return member<ChainEpoch>(head, "ChainHead", "Height");
}

Result<Cid> NodeCalls::genesis() {
    STRATA_TRY(const auto tipset, node_.ask("ChainGetGenesis", Json::array()));
    STRATA_TRY(const auto cids, member<std::vector<Cid>>(tipset, "ChainGetGenesis", "Cids"));
    if (cids.size() != 1) return fail(Errc::malformed, "ChainGetGenesis: expected one block");
    return cids.front();
}

Result<std::vector<HeldKey>> NodeCalls::keys() {
    STRATA_TRY(const auto list, node_.ask("WalletList", Json::array()));
    STRATA_TRY(const auto addresses, value<std::vector<Address>>(list, "WalletList"));
    std::vector<HeldKey> out;
    for (const auto& address : addresses) {
        STRATA_TRY(auto held, balance(address));
        out.push_back({address, std::move(held)});
    }
    return out;
}

Result<Address> NodeCalls::wallet_key(const std::optional<Address>& given) {
    if (!given) {
        const auto main = node_.ask("WalletDefaultAddress", Json::array());
        if (!main && main.error().code() != Errc::verification) return main.error();
        if (!main)
            return fail(Errc::not_found,
                        "the node's wallet has no default address: make a key with strata wallet new, or name one with "
                        "--wallet (" +
                            main.error().message() + ")");
        return value<Address>(*main, "WalletDefaultAddress");
    }
    Address key = *given;
    if (given->as_id()) {
        STRATA_TRY(const auto found, node_.ask("StateAccountKey", Json::array({text(*given), Json()})));
        STRATA_TRY(key, value<Address>(found, "StateAccountKey"));
    }
    STRATA_TRY(const auto has, node_.ask("WalletHas", Json::array({text(key)})));
    if (has == true) return key;
    return fail(Errc::not_found, "--wallet " + text(*given) +
                                     ": the node does not have this key; strata wallet list "
                                     "shows those it has");
}

Result<TokenAmount> NodeCalls::balance(const Address& address) {
    STRATA_TRY(const auto answer, node_.ask("WalletBalance", Json::array({text(address)})));
    return value<TokenAmount>(answer, "WalletBalance");
}

// A node that is too busy, or has a fault of its own, refuses as well. Only these words say that there is nothing.
Result<std::optional<Json>> NodeCalls::find(const std::string& method, const Json& parameters,
                                            const std::vector<std::string>& nothing) {
    api::Refusal refusal;
    auto answer = node_.ask(method, parameters, &refusal);
    if (answer) return std::optional(std::move(*answer));
    const auto says = [&](const std::string& words) { return refusal.message.contains(words); };
    if (std::ranges::any_of(nothing, says)) return std::optional<Json>{};
    return std::move(answer).error();
}

Result<std::optional<Address>> NodeCalls::id_of(const Address& address) {
    if (address.as_id()) return std::optional(address);
    // Source: lotus chain/types/actor.go (ErrActorNotFound).
    STRATA_TRY(const auto answer, find("StateLookupID", Json::array({text(address), Json()}), {"actor not found"}));
    if (!answer) return std::optional<Address>{};
    STRATA_TRY(const auto id, value<Address>(*answer, "StateLookupID"));
    return std::optional(id);
}

Result<TokenAmount> NodeCalls::free_escrow(const Address& address) {
    STRATA_TRY(const auto id, id_of(address));
    if (!id) return TokenAmount();
    STRATA_TRY(const auto answer, node_.ask("StateMarketBalance", Json::array({text(*id), Json()})));
    STRATA_TRY(const auto all, member<TokenAmount>(answer, "StateMarketBalance", "Escrow"));
    STRATA_TRY(const auto locked, member<TokenAmount>(answer, "StateMarketBalance", "Locked"));
    return all - locked;
}

Result<Signature> NodeCalls::sign(const Address& key, BytesView bytes) {
    const Json data = api::Printer(prefix_)(bytes);
    STRATA_TRY(const auto answer, node_.ask("WalletSign", Json::array({text(key), data})));
    return value<Signature>(answer, "WalletSign");
}

Result<SignedMessage> NodeCalls::price_and_sign(Message message) {
    const api::Printer print(prefix_);
    STRATA_TRY(const auto priced, node_.ask("GasEstimateMessageGas", Json::array({print(message), Json(), Json()})));
    STRATA_TRY(const auto gas, value<Message>(priced, "GasEstimateMessageGas"));
    message.gas_limit = gas.gas_limit;
    message.gas_fee_cap = gas.gas_fee_cap;
    message.gas_premium = gas.gas_premium;
    STRATA_TRY(const auto nonce, node_.ask("MpoolGetNonce", Json::array({text(message.from)})));
    STRATA_TRY(message.nonce, value<std::uint64_t>(nonce, "MpoolGetNonce"));
    STRATA_TRY(const auto sealed, node_.ask("WalletSignMessage", Json::array({text(message.from), print(message)})));
    STRATA_TRY(auto signature, member<Signature>(sealed, "WalletSignMessage", "Signature"));
    return SignedMessage{std::move(message), std::move(signature)};
}

Status NodeCalls::push(const SignedMessage& message, api::Refusal* refusal) {
    STRATA_OK(node_.ask("MpoolPush", Json::array({api::Printer(prefix_)(message)}), refusal));
    return {};
}

Result<std::optional<Execution>> NodeCalls::search(const Cid& message) {
    // A node refuses to search for a message that it never had, as after a stop before the message was sent. Source:
    // lotus chain/stmgr/searchwait.go (ErrFailedToLoadMessage); chain/message_search.cpp.
    STRATA_TRY(const auto found, find("StateSearchMsg", Json::array({Json(), cid_json(message), -1, true}),
                                      {"failed to load message", "does not know message"}));
    if (!found || found->is_null()) return std::optional<Execution>{};
    Execution out;
    STRATA_TRY(out.height, member<ChainEpoch>(*found, "StateSearchMsg", "Height"));
    const auto receipt = found->value("Receipt", Json());
    STRATA_TRY(const auto code, member<std::uint64_t>(receipt, "StateSearchMsg", "ExitCode"));
    if (code > UINT32_MAX) return fail(Errc::malformed, "StateSearchMsg: the exit code is " + std::to_string(code));
    out.exit_code = static_cast<std::uint32_t>(code);
    return std::optional(out);
}

Result<Nonce> NodeCalls::nonce_on_chain(const Address& address) {
    STRATA_TRY(const auto id, id_of(address));
    if (!id) return Nonce{0};
    STRATA_TRY(const auto actor, node_.ask("StateGetActor", Json::array({text(*id), Json()})));
    return member<std::uint64_t>(actor, "StateGetActor", "Nonce");
}

Result<TokenAmount> NodeCalls::provider_collateral(std::uint64_t padded_size) {
    STRATA_TRY(const auto bounds,
               node_.ask("StateDealProviderCollateralBounds", Json::array({padded_size, false, Json()})));
    STRATA_TRY(const auto least, member<TokenAmount>(bounds, "StateDealProviderCollateralBounds", "Min"));
    // The bound changes with supply and power until the deal is published, so a tenth is added to the node's own tenth.
    return div_ceil(least * BigInt(11), BigInt(10));
}

Result<std::optional<ChainDeal>> NodeCalls::deal(DealId id) {
    // Source: lotus chain/stmgr/actors.go (GetStorageDeal).
    STRATA_TRY(const auto answer, find("StateMarketStorageDeal", Json::array({id, Json()}),
                                       {"deal " + std::to_string(id) + " not found"}));
    if (!answer) return std::optional<ChainDeal>{};
    STRATA_TRY(auto deal, read_deal(id, *answer, "StateMarketStorageDeal"));
    return std::optional(std::move(deal));
}

Result<std::vector<ChainDeal>> NodeCalls::deals() {
    STRATA_TRY(const auto all, node_.ask("StateMarketDeals", Json::array({Json()})));
    std::vector<ChainDeal> out;
    if (all.is_null()) return out;
    if (!all.is_object()) return fail(Errc::malformed, "StateMarketDeals: expected an object");
    for (const auto& [name, json] : all.items()) {
        DealId id = 0;
        const auto* end = name.data() + name.size();
        if (const auto read = std::from_chars(name.data(), end, id); read.ec != std::errc() || read.ptr != end)
            return fail(Errc::malformed, "StateMarketDeals: a deal's number is not one");
        STRATA_TRY(auto deal, read_deal(id, json, "StateMarketDeals"));
        out.push_back(std::move(deal));
    }
    std::ranges::sort(out, {}, &ChainDeal::id);
    return out;
}

Result<std::vector<Address>> NodeCalls::miners() {
    STRATA_TRY(const auto answer, node_.ask("StateListMiners", Json::array({Json()})));
    return value<std::vector<Address>>(answer, "StateListMiners");
}

Result<std::vector<Bytes>> NodeCalls::multiaddrs(const Address& miner) {
    STRATA_TRY(const auto info, node_.ask("StateMinerInfo", Json::array({text(miner), Json()})));
    return member<std::vector<Bytes>>(info, "StateMinerInfo", "Multiaddrs");
}

Result<std::uint64_t> NodeCalls::sector_size(const Address& miner) {
    STRATA_TRY(const auto info, node_.ask("StateMinerInfo", Json::array({text(miner), Json()})));
    return member<std::uint64_t>(info, "StateMinerInfo", "SectorSize");
}

}  // namespace strata::client
