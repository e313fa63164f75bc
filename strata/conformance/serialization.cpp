// Runs filecoin-project/serialization-vectors: block headers, messages and signed messages, in Lotus' JSON and in CBOR.
#include <nlohmann/json.hpp>

#include <strata/base/hex.hpp>
#include <strata/conformance/json.hpp>
#include <strata/conformance/serialization.hpp>
#include <strata/crypto/bls.hpp>
#include <strata/crypto/hash.hpp>
#include <strata/crypto/secp256k1.hpp>
#include <strata/types/block_header.hpp>

namespace strata::conformance {
namespace {

// These functions read values from Lotus' JSON. Each throws Json::exception or std::bad_expected_access, which the
// suite turns into a failed case.

Bytes base64_of(const Json& value) {
    return value.is_null() ? Bytes{} : from_base64(value.get<std::string>()).value();
}
Cid cid_of(const Json& value) {
    return Cid::parse(value.at("/").get<std::string>()).value();
}
Address address_of(const Json& value) {
    return Address::parse(value.get<std::string>()).value();
}
BigInt number_of(const Json& value) {
    return BigInt::parse(value.get<std::string>()).value();
}
Signature signature_of(const Json& value) {
    return {static_cast<Signature::Type>(value.at("Type").get<std::uint8_t>()), base64_of(value.at("Data"))};
}

Message message_of(const Json& json) {
    return {.version = json.at("Version"),
            .to = address_of(json.at("To")),
            .from = address_of(json.at("From")),
            .nonce = json.at("Nonce"),
            .value = number_of(json.at("Value")),
            .gas_limit = json.at("GasLimit"),
            .gas_fee_cap = number_of(json.at("GasFeeCap")),
            .gas_premium = number_of(json.at("GasPremium")),
            .method = json.at("Method"),
            .params = base64_of(json.at("Params"))};
}

BlockHeader header_of(const Json& json) {
    BlockHeader header{.miner = address_of(json.at("Miner")),
                       .ticket = Ticket{base64_of(json.at("Ticket").at("VRFProof"))},
                       .election_proof = ElectionProof{json.at("ElectionProof").at("WinCount"),
                                                       base64_of(json.at("ElectionProof").at("VRFProof"))},
                       .beacon_entries = {},
                       .win_post_proof = {},
                       .parents = {},
                       .parent_weight = number_of(json.at("ParentWeight")),
                       .height = json.at("Height"),
                       .parent_state_root = cid_of(json.at("ParentStateRoot")),
                       .parent_message_receipts = cid_of(json.at("ParentMessageReceipts")),
                       .messages = cid_of(json.at("Messages")),
                       .bls_aggregate = signature_of(json.at("BLSAggregate")),
                       .timestamp = json.at("Timestamp"),
                       .block_sig = signature_of(json.at("BlockSig")),
                       .fork_signaling = json.at("ForkSignaling"),
                       .parent_base_fee = number_of(json.at("ParentBaseFee"))};
    for (const auto& entry : json.at("BeaconEntries"))
        header.beacon_entries.push_back({entry.at("Round"), base64_of(entry.at("Data"))});
    for (const auto& proof : json.at("WinPoStProof"))
        header.win_post_proof.push_back({static_cast<RegisteredPoStProof>(proof.at("PoStProof").get<std::int64_t>()),
                                         base64_of(proof.at("ProofBytes"))});
    for (const auto& parent : json.at("Parents")) header.parents.push_back(cid_of(parent));
    return header;
}

/// Checks both ways: the value encodes to these bytes, and they decode to the value.
template <class T>
bool encodes_and_decodes_as(const T& value, const Bytes& bytes) {
    const auto back = from_cbor<T>(bytes);
    return to_cbor(value) == bytes && back && *back == value;
}

void run_header(const Json& test, const std::string& name, Report& report) {
    const auto header = header_of(test.at("block"));
    report.expect(encodes_and_decodes_as(header, hex_of(test.at("cbor_hex"))), name + " CBOR");
    report.expect(header.cid().to_string() == test.at("cid").get<std::string>(), name + " CID",
                  "the CID is " + header.cid().to_string() + ", expected " + test.at("cid").get<std::string>());
}

void run_unsigned(const Json& test, const std::string& name, Report& report) {
    report.expect(encodes_and_decodes_as(message_of(test.at("message")), hex_of(test.at("hex_cbor"))), name + " CBOR");
}

/// Signs as the authors of the vectors did: BLS and RFC 6979 are deterministic, so our signature must equal theirs.
Signature signed_by(const Bytes& key, BytesView content, Signature::Type type) {
    ByteArray<32> secret;
    std::ranges::copy(BytesView(key).first(secret.size()), secret.begin());
    if (type == Signature::Type::bls) {
        const auto signature = crypto::bls::sign(secret, content).value();
        return {type, Bytes(signature.begin(), signature.end())};
    }
    const auto signature = crypto::secp256k1::sign(secret, crypto::blake2b_256(content)).value();
    return {type, Bytes(signature.begin(), signature.end())};
}

void run_signed(const Json& test, const std::string& name, Report& report) {
    const auto message = message_of(test.at("Unsigned"));
    const auto signature = signature_of(test.at("Signature"));
    report.expect(message.cid().to_string() == test.at("Cid").get<std::string>() &&
                      to_bytes(message.cid().bytes()) == hex_of(test.at("CidHexBytes")),
                  name + " CID",
                  "the CID is " + message.cid().to_string() + ", expected " + test.at("Cid").get<std::string>());
    const auto verified = verify_signature(signature, message.from, message.cid().bytes());
    report.expect(verified.has_value(), name + " verifies", verified ? "" : verified.error().message());
    const auto ours = signed_by(base64_of(test.at("PrivateKey")), message.cid().bytes(), signature.type);
    report.expect(ours == signature, name + " signs");
}

void run_case(const Json& test, const std::string& name, Report& report) {
    if (test.contains("cbor_hex")) return run_header(test, name, report);
    if (test.contains("hex_cbor")) return run_unsigned(test, name, report);
    run_signed(test, name, report);
}

class Serialization final : public Suite {
  public:
    std::string_view name() const override { return "serialization"; }
    bool recognises(const VectorFile& file) const override {
        const auto head = std::string_view(file.text()).substr(0, 65536);
        return file.extension() == ".json" && head.starts_with("[") &&
               (head.contains("\"cbor_hex\"") || head.contains("\"hex_cbor\"") || head.contains("\"CidHexBytes\""));
    }
    void run(const VectorFile& file, Report& report) const override {
        const Json cases = parse_json(file);
        if (!cases.is_array() || cases.empty()) return report.fail(file.name(), "the file is not an array of cases");
        for (std::size_t i = 0; i < cases.size(); ++i) {
            const std::string name = file.path().stem().string() + " " + std::to_string(i);
            try {
                run_case(cases.at(i), name, report);
            } catch (const std::exception& error) {
                report.fail(name, error.what());
            }
        }
    }
};

}  // namespace

const Suite& serialization() {
    static const Serialization suite;
    return suite;
}

}  // namespace strata::conformance
