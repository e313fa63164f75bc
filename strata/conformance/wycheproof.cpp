// Runs wycheproof/*.json (C2SP Wycheproof) and the Noise vectors: signatures, key agreement and ciphers against cases
// that implementations are known to get wrong. A file's groups name the thing under test in "type".
#include <algorithm>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>

#include <strata/conformance/json.hpp>
#include <strata/conformance/wycheproof.hpp>
#include <strata/crypto/bls.hpp>
#include <strata/crypto/hash.hpp>
#include <strata/crypto/secp256k1.hpp>
#include <strata/crypto/transport.hpp>
#include <strata/net/noise_state.hpp>

namespace strata::conformance {
namespace {

/// Returns an array of N bytes; empty for a different size, which our types cannot hold and which counts as a refusal.
template <std::size_t N>
std::optional<ByteArray<N>> exactly(BytesView bytes) {
    if (bytes.size() != N) return std::nullopt;
    ByteArray<N> out;
    std::ranges::copy(bytes, out.begin());
    return out;
}

// Each checker returns true if our code accepts the case and gives the expected bytes, if there are any.

bool ecdsa(const Json& group, const Json& test) {
    const auto key = exactly<65>(hex_of(group.at("publicKey").at("uncompressed")));
    return key && crypto::secp256k1::verify_der(*key, crypto::sha256(hex_of(test.at("msg"))), hex_of(test.at("sig")));
}

bool ed25519(const Json& group, const Json& test) {
    return crypto::ed25519::verify(hex_of(group.at("publicKey").at("pk")), hex_of(test.at("msg")),
                                   hex_of(test.at("sig")));
}

bool bls_verify(const Json& group, const Json& test) {
    return crypto::bls::verify(hex_of(group.at("publicKey").at("pk")), hex_of(test.at("msg")), hex_of(test.at("sig")));
}

bool bls_aggregate(const Json&, const Json& test) {
    std::vector<Bytes> keys;
    std::vector<Bytes> messages;
    for (const auto& key : test.at("pubkeys")) keys.push_back(hex_of(key));
    for (const auto& message : test.at("messages")) messages.push_back(hex_of(message));
    if (keys.size() != messages.size()) return false;
    std::vector<crypto::bls::Signed> pairs;
    for (std::size_t i = 0; i < keys.size(); ++i) pairs.push_back({keys[i], messages[i]});
    return crypto::bls::verify_aggregate(pairs, hex_of(test.at("sig")));
}

bool x25519(const Json&, const Json& test) {
    const auto secret = exactly<32>(hex_of(test.at("private")));
    const auto peer = exactly<32>(hex_of(test.at("public")));
    if (!secret || !peer) return false;
    const auto shared = crypto::x25519::shared_secret(*secret, *peer);
    return shared && equal(*shared, hex_of(test.at("shared")));
}

bool chacha20_poly1305(const Json&, const Json& test) {
    const auto key = exactly<32>(hex_of(test.at("key")));
    const auto nonce = exactly<12>(hex_of(test.at("iv")));
    if (!key || !nonce) return false;
    const Bytes associated = hex_of(test.at("aad"));
    const Bytes plaintext = hex_of(test.at("msg"));
    Bytes sealed = hex_of(test.at("ct"));
    append(sealed, hex_of(test.at("tag")));
    const auto opened = crypto::chacha20_poly1305::open(*key, *nonce, associated, sealed);
    return opened && *opened == plaintext &&
           crypto::chacha20_poly1305::seal(*key, *nonce, associated, plaintext) == sealed;
}

bool hmac(const Json& group, const Json& test) {
    const auto tag = crypto::hmac_sha256(hex_of(test.at("key")), hex_of(test.at("msg")));
    const auto size = std::min<std::size_t>(group.at("tagSize").get<std::size_t>() / 8, tag.size());
    return equal(BytesView(tag).first(size), hex_of(test.at("tag")));
}

bool hkdf(const Json&, const Json& test) {
    const auto okm = crypto::hkdf_sha256(hex_of(test.at("ikm")), hex_of(test.at("salt")), hex_of(test.at("info")),
                                         test.at("size").get<std::size_t>());
    return okm && *okm == hex_of(test.at("okm"));
}

using Checker = std::function<bool(const Json& group, const Json& test)>;

const std::map<std::string, Checker>& checkers() {
    static const std::map<std::string, Checker> all{
        {"ECDSA", ecdsa},
        {"EDDSA", ed25519},
        {"BlsSigVerify", bls_verify},
        {"BlsAggregateVerify", bls_aggregate},
        {"XDH", x25519},
        {"CHACHA20-POLY1305", chacha20_poly1305},
        {"HMACSHA256", hmac},
        {"HKDF-SHA-256", hkdf},
    };
    return all;
}

/// Returns the reason why an algorithm is left out; empty if it is tested.
std::string unused(const std::string& algorithm, const std::string& type) {
    if (algorithm == "AES-GCM") return "AES-GCM: no protocol of Filecoin uses it";
    if (type == "BlsHashToG2")
        return "the domain separation tag is not Filecoin's; our hashing to G2 is tested with BLS signatures";
    return {};
}

bool has_flag(const Json& test, std::string_view flag) {
    return std::ranges::any_of(test.at("flags"), [&](const Json& f) { return f == flag; });
}

/// Returns the reason why a case follows a rule that Filecoin does not have; empty if there is no such rule.
std::string foreign_rule(const Json& group, const Json& test) {
    // Filecoin verifies by recovering the key, which accepts a low and a high s.
    if (group.at("type") == "EcdsaBitcoinVerify" &&
        (has_flag(test, "SignatureMalleabilityBitcoin") ||
         test.at("comment") == "edge case for signature malleability") &&
        test.at("result") == "invalid")
        return "Filecoin does not have Bitcoin's rule of low s";
    // The draft says invalid; fvm_shared's verify_bls_aggregate and Lotus' blocks without BLS messages say valid.
    if (has_flag(test, "EmptyAggregate")) return "an aggregate without signers is valid on Filecoin";
    return {};
}

void run_case(const Checker& checker, const Json& group, const Json& test, Report& report) {
    const std::string name = "case " + std::to_string(test.at("tcId").get<int>());
    if (const auto why = foreign_rule(group, test); !why.empty()) return report.skip(name, why);
    const bool accepted = checker(group, test);
    const std::string& result = test.at("result").get_ref<const std::string&>();
    // For "acceptable" either answer is right, and a wrong value is not distinguished from a refusal.
    report.expect(result == "acceptable" || accepted == (result == "valid"), name,
                  std::string("the case is ") + (accepted ? "accepted" : "refused") + ", expected " + result + ": " +
                      test.at("comment").get<std::string>());
}

/// Runs each group with the checker of its type; if that type has no checker, with the one of the file's algorithm.
void run_groups(const Json& json, Report& report) {
    const auto algorithm = json.at("algorithm").get<std::string>();
    for (const auto& group : json.at("testGroups")) {
        const auto type = group.at("type").get<std::string>();
        const auto why = unused(algorithm, type);
        const auto& all = checkers();
        const auto found = all.contains(type) ? all.find(type) : all.find(algorithm);
        for (const auto& test : group.at("tests")) {
            const std::string name = "case " + test.at("tcId").dump();
            if (!why.empty())
                report.skip(name, why);
            else if (found == all.end())
                report.skip(name, algorithm + " " + type + " is not used by Strata");
            else
                run_case(found->second, group, test, report);
        }
    }
}

/// Returns one side of the handshake; `prefix` is the one of its fields' names. Empty if a key has the wrong size.
std::optional<net::NoiseHandshake> noise_side(const Json& vector, const std::string& prefix) {
    const auto fixed = exactly<32>(hex_of(vector.at(prefix + "_static")));
    const auto ephemeral = exactly<32>(hex_of(vector.at(prefix + "_ephemeral")));
    if (!fixed || !ephemeral) return std::nullopt;
    return net::NoiseHandshake(prefix == "init", {*fixed, *ephemeral}, hex_of(vector.at(prefix + "_prologue")));
}

/// Runs the messages of one vector, which the initiator and the other side write in turn: three of the handshake, then
/// those of the transport.
bool noise_agrees(const Json& vector) {
    std::optional<net::NoiseHandshake> sides[] = {noise_side(vector, "init"), noise_side(vector, "resp")};
    if (!sides[0] || !sides[1]) return false;
    std::vector<net::NoiseHandshake::Ciphers> ciphers;
    std::size_t turn = 0;
    for (const auto& message : vector.at("messages")) {
        const Bytes payload = hex_of(message.at("payload"));
        const Bytes sealed = hex_of(message.at("ciphertext"));
        const std::size_t writer = turn++ % 2;
        if (sides[0]->is_done() && ciphers.empty()) ciphers = {sides[0]->split(), sides[1]->split()};
        const auto written = ciphers.empty() ? sides[writer]->write(payload) : ciphers[writer].send.seal({}, payload);
        const auto read =
            ciphers.empty() ? sides[1 - writer]->read(sealed) : ciphers[1 - writer].receive.open({}, sealed);
        if (!written || *written != sealed || !read || *read != payload) return false;
    }
    return !ciphers.empty();
}

class Wycheproof final : public Suite {
  public:
    std::string_view name() const override { return "wycheproof"; }
    bool recognises(const VectorFile& file) const override {
        if (file.extension() != ".json") return false;
        return file.text().contains("\"testGroups\"") || file.text().contains("\"init_ephemeral\"");
    }
    void run(const VectorFile& file, Report& report) const override {
        const auto name = file.name();
        const auto json = parse_json(file);
        try {
            if (!json.contains("vectors")) return run_groups(json, report);
            for (const auto& vector : json.at("vectors"))
                report.expect(noise_agrees(vector), vector.at("name").get<std::string>());
        } catch (const Json::exception& error) {
            report.fail(name, error.what());
        }
    }
};

}  // namespace

const Suite& wycheproof() {
    static const Wycheproof suite;
    return suite;
}

}  // namespace strata::conformance
