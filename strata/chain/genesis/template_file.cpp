// Reads lotus-seed's template. The JSON is described in docs/protocol/node.md §22, §28.4.
#include <nlohmann/json.hpp>

#include <strata/chain/genesis/template.hpp>
#include <strata/ipld/multibase.hpp>

namespace strata::chain {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxText = std::size_t{256} << 20;

/// A value and its path in the file, for error messages.
struct Field {
    const Json* value = nullptr;
    std::string path;

    Error wrong(std::string_view what) const {
        return fail(Errc::malformed, "genesis template: " + path + ": " + std::string(what));
    }
    /// Returns the refusal of a value of the wrong type.
    Error unexpected(std::string_view expected) const {
        const bool is_short = value->is_number() || value->is_boolean() || value->is_null();
        return wrong("it is " + (is_short ? value->dump() : std::string("of type ") + value->type_name()) +
                     ", expected " + std::string(expected));
    }
    Result<Field> at(const char* name) const {
        if (!value->is_object()) return unexpected("an object");
        const auto it = value->find(name);
        if (it == value->end()) return wrong(std::string("the field ") + name + " is missing");
        return Field{&*it, path + "." + name};
    }
    bool has(const char* name) const { return value->is_object() && value->contains(name); }
};

template <class T>
Result<T> with_path(const Field& field, Result<T> parsed) {
    if (!parsed) return field.wrong(parsed.error().message());
    return std::move(*parsed);
}

Result<std::string> text(const Field& field) {
    if (!field.value->is_string()) return field.unexpected("a string");
    return field.value->get<std::string>();
}
Result<std::uint64_t> natural(const Field& field) {
    if (!field.value->is_number_unsigned()) return field.unexpected("a whole number of at least 0");
    return field.value->get<std::uint64_t>();
}
Result<std::int64_t> integer(const Field& field) {
    if (!field.value->is_number_integer()) return field.unexpected("a whole number");
    if (field.value->is_number_unsigned() && field.value->get<std::uint64_t>() > INT64_MAX)
        return field.wrong("the number is " + std::to_string(field.value->get<std::uint64_t>()) +
                           ", expected less than 2^63");
    return field.value->get<std::int64_t>();
}
Result<bool> boolean(const Field& field) {
    if (!field.value->is_boolean()) return field.unexpected("true or false");
    return field.value->get<bool>();
}
Result<TokenAmount> amount(const Field& field) {
    STRATA_TRY(const auto decimal, text(field));
    STRATA_TRY(auto out, with_path(field, BigInt::parse(decimal)));
    if (out.is_negative()) return field.wrong("the amount is " + decimal + ", expected at least 0");
    return out;
}
Result<Address> address(const Field& field) {
    STRATA_TRY(const auto encoded, text(field));
    return with_path(field, Address::parse(encoded));
}
Result<Cid> cid(const Field& field) {
    STRATA_TRY(const auto link, field.at("/"));
    STRATA_TRY(const auto encoded, text(link));
    return with_path(link, Cid::parse(encoded));
}
Result<RegisteredSealProof> seal_proof(const Field& field) {
    STRATA_TRY(const auto number, integer(field));
    const auto proof = static_cast<RegisteredSealProof>(number);
    STRATA_OK(with_path(field, sector_size(proof)));
    return proof;
}

/// Reads a member of an object into a variable.
template <class T, class Read>
Status member(T& to, const Field& object, const char* name, Read read) {
    STRATA_TRY(const auto field, object.at(name));
    STRATA_TRY(to, read(field));
    return {};
}

template <class T, class Read>
Result<std::vector<T>> list(const Field& field, std::size_t most, Read read) {
    std::vector<T> out;
    if (field.value->is_null()) return out;  // Go writes an empty list as null
    if (!field.value->is_array()) return field.unexpected("a list");
    if (field.value->size() > most)
        return field.wrong("the list has " + std::to_string(field.value->size()) + " items, expected at most " +
                           std::to_string(most));
    for (std::size_t i = 0; i < field.value->size(); ++i) {
        STRATA_TRY(out.emplace_back(), read(Field{&(*field.value)[i], field.path + "[" + std::to_string(i) + "]"}));
    }
    return out;
}

Result<GenesisMultisig> multisig(const Field& meta) {
    constexpr std::size_t most_signers = 256;  // docs/protocol/fvm.md §8.11
    GenesisMultisig out;
    STRATA_TRY(const auto signers, meta.at("Signers"));
    STRATA_TRY(out.signers, list<Address>(signers, most_signers, address));
    STRATA_OK(member(out.threshold, meta, "Threshold", natural));
    STRATA_OK(member(out.vesting_duration, meta, "VestingDuration", integer));
    STRATA_OK(member(out.vesting_start, meta, "VestingStart", integer));
    return out;
}

Result<GenesisActor> actor(const Field& field) {
    GenesisActor out;
    STRATA_OK(member(out.balance, field, "Balance", amount));
    STRATA_TRY(const auto type, field.at("Type"));
    STRATA_TRY(const auto meta, field.at("Meta"));
    STRATA_TRY(const auto name, text(type));
    if (name == "account") {
        GenesisAccount account;
        STRATA_OK(member(account.owner, meta, "Owner", address));
        out.kind = account;
    } else if (name == "multisig") {
        STRATA_TRY(out.kind, multisig(meta));
    } else {
        return type.wrong("the type is \"" + name + "\", expected \"account\" or \"multisig\"");
    }
    return out;
}

Result<actors::market::DealProposal> deal(const Field& field) {
    actors::market::DealProposal out;
    STRATA_OK(member(out.piece_cid, field, "PieceCID", cid));
    STRATA_OK(member(out.piece_size, field, "PieceSize", natural));
    STRATA_OK(member(out.verified_deal, field, "VerifiedDeal", boolean));
    STRATA_OK(member(out.client, field, "Client", address));
    STRATA_OK(member(out.provider, field, "Provider", address));
    STRATA_OK(member(out.label.value, field, "Label", text));
    STRATA_OK(member(out.start_epoch, field, "StartEpoch", integer));
    STRATA_OK(member(out.end_epoch, field, "EndEpoch", integer));
    STRATA_OK(member(out.storage_price_per_epoch, field, "StoragePricePerEpoch", amount));
    STRATA_OK(member(out.provider_collateral, field, "ProviderCollateral", amount));
    STRATA_OK(member(out.client_collateral, field, "ClientCollateral", amount));
    return out;
}

Result<GenesisSector> sector(const Field& field) {
    GenesisSector out;
    STRATA_OK(member(out.comm_r, field, "CommR", cid));
    STRATA_OK(member(out.comm_d, field, "CommD", cid));
    STRATA_OK(member(out.number, field, "SectorID", natural));
    STRATA_OK(member(out.proof, field, "ProofType", seal_proof));
    STRATA_OK(member(out.deal, field, "Deal", deal));
    STRATA_TRY(const auto key, field.at("DealClientKey"));
    STRATA_TRY(out.deal_client_key, with_path(key, wallet::parse_key(key.value->dump())));
    return out;
}

Result<Bytes> peer_id(const Field& field) {
    STRATA_TRY(const auto encoded, text(field));
    return with_path(field, from_base58btc(encoded));
}

Result<SectorSize> size_of_sectors(const Field& field) {
    STRATA_TRY(const auto number, natural(field));
    return with_path(field, parse_sector_size(sector_size_name(static_cast<SectorSize>(number))));
}

Result<GenesisMiner> miner(const Field& field) {
    constexpr std::size_t most_sectors = 1 << 20;
    GenesisMiner out;
    STRATA_OK(member(out.id, field, "ID", address));
    STRATA_OK(member(out.owner, field, "Owner", address));
    STRATA_OK(member(out.worker, field, "Worker", address));
    STRATA_OK(member(out.peer_id, field, "PeerId", peer_id));
    STRATA_OK(member(out.market_balance, field, "MarketBalance", amount));
    STRATA_OK(member(out.power_balance, field, "PowerBalance", amount));
    STRATA_OK(member(out.sector_size, field, "SectorSize", size_of_sectors));
    STRATA_TRY(const auto sectors, field.at("Sectors"));
    STRATA_TRY(out.sectors, list<GenesisSector>(sectors, most_sectors, sector));
    return out;
}

}  // namespace

Result<GenesisTemplate> parse_genesis_template(std::string_view json) {
    constexpr std::size_t most_miners = 10'000;
    if (json.size() > kMaxText)
        return fail(Errc::too_large, "genesis template: the file has " + std::to_string(json.size()) +
                                         " bytes, expected at most " + std::to_string(kMaxText));
    const Json file = Json::parse(json, nullptr, /*allow_exceptions=*/false);
    const Field root{&file, "$"};
    if (!file.is_object()) return root.wrong("the file is not a JSON object");
    GenesisTemplate out;
    STRATA_TRY(const auto version, root.at("NetworkVersion"));
    STRATA_TRY(const auto number, natural(version));
    if (number < kOldestVersion || number > kNewestGenesis)
        return fail(Errc::unsupported, "genesis template: network version is " + std::to_string(number) +
                                           ", expected " + std::to_string(kOldestVersion) + " to " +
                                           std::to_string(kNewestGenesis));
    out.network_version = static_cast<NetworkVersion>(number);
    STRATA_OK(member(out.network_name, root, "NetworkName", text));
    // lotus-seed omits a timestamp of 0.
    if (root.has("Timestamp")) STRATA_OK(member(out.timestamp, root, "Timestamp", natural));
    STRATA_TRY(const auto accounts, root.at("Accounts"));
    STRATA_TRY(out.accounts, list<GenesisActor>(accounts, kMaxGenesisAccounts, actor));
    STRATA_TRY(const auto miners, root.at("Miners"));
    STRATA_TRY(out.miners, list<GenesisMiner>(miners, most_miners, miner));
    STRATA_OK(member(out.verifreg_root, root, "VerifregRootKey", actor));
    STRATA_OK(member(out.remainder, root, "RemainderAccount", actor));
    return out;
}

}  // namespace strata::chain
