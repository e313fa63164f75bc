// Runs the CSV tables of multiformats/multibase and multiformats/multihash.
#include <strata/base/hex.hpp>
#include <strata/conformance/json.hpp>
#include <strata/conformance/multiformats.hpp>
#include <strata/crypto/hash.hpp>
#include <strata/crypto/keccak.hpp>
#include <strata/ipld/cid.hpp>
#include <strata/ipld/multibase.hpp>

namespace strata::conformance {
namespace {

using Row = std::vector<std::string>;

std::string trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\r')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\r')) text.remove_suffix(1);
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
    return std::string(text);
}

/// Returns the fields of each line, between commas. Commas inside a field of these tables do not matter here.
std::vector<Row> rows_of(std::string_view text) {
    std::vector<Row> rows;
    while (!text.empty()) {
        const auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        if (line.empty()) continue;
        auto& row = rows.emplace_back();
        for (std::size_t at = 0; at <= line.size();) {
            const auto end = std::min(line.find(',', at), line.size());
            row.push_back(trimmed(line.substr(at, end - at)));
            at = end + 1;
        }
    }
    return rows;
}

/// Decodes `\xNN` in a field of a table.
Bytes unescaped(std::string_view text) {
    Bytes out;
    while (!text.empty()) {
        if (text.starts_with("\\x") && text.size() >= 4) {
            append(out, from_hex(text.substr(2, 2)).value_or(Bytes{}));
            text.remove_prefix(4);
            continue;
        }
        out.push_back(static_cast<std::uint8_t>(text[0]));
        text.remove_prefix(1);
    }
    return out;
}

bool is_unsupported(const Error& error) {
    return error.code() == Errc::unsupported;
}
constexpr const char* kUnusedBase = "Filecoin and IPFS gateways do not use this base";
constexpr const char* kUnusedHash = "blocks of Filecoin and IPFS do not use SHA-1";

// Runs a table of encodings. The first row has "encoding" or "non-canonical encoding" (decoding only), and the bytes;
// every other row has the name of a base and the same bytes in this base.
void run_encodings(const std::vector<Row>& rows, Report& report) {
    const Bytes bytes = unescaped(rows.at(0).at(1));
    const bool canonical = rows[0][0] == "encoding";
    for (std::size_t i = 1; i < rows.size(); ++i) {
        const auto& text = rows.at(i).at(1);
        const auto decoded = multibase_decode(text);
        if (!decoded && is_unsupported(decoded.error())) {
            report.skip(rows[i][0], kUnusedBase);
            continue;
        }
        const bool same = decoded && *decoded == bytes;
        const auto again = multibase_encode(text[0], bytes);
        report.expect(same && (!canonical || (again && *again == text)), rows[i][0],
                      text + " is not decoded to the recorded bytes, or these bytes are encoded to a different text");
    }
}

// Checks that each prefix of the registry selects a base. A row has the code point, the prefix and the name.
void run_registry(const std::vector<Row>& rows, Report& report) {
    for (std::size_t i = 1; i < rows.size(); ++i) {
        const auto& row = rows.at(i);
        if (row.size() < 3 || row[2] == "none") continue;
        const auto text = multibase_encode(row[1][0], as_bytes("Strata"));
        if (row[1].size() != 1 || !text) {
            report.skip(row[2], kUnusedBase);
            continue;
        }
        const auto back = multibase_decode(*text);
        report.expect(text->starts_with(row[1]) && back && equal(*back, as_bytes("Strata")), row[2]);
    }
}

std::optional<Bytes> digest_of(const std::string& algorithm, BytesView input) {
    const auto bytes = [](const auto& hash) { return Bytes(hash.begin(), hash.end()); };
    if (algorithm == "sha2-256") return bytes(crypto::sha256(input));
    if (algorithm == "sha2-512") return bytes(crypto::sha512(input));
    if (algorithm == "sha3") {  // SHA3-512 (code 0x14): rate 72, padding 0x06 (FIPS 202)
        ByteArray<64> out;
        crypto::keccak(input, 72, 0x06, out);
        return bytes(out);
    }
    return std::nullopt;
}

// Runs a table of hashes. The columns are algorithm, bits, input (hashed as text), and multihash: code, length and the
// first bits of the digest.
void run_multihashes(const std::vector<Row>& rows, Report& report) {
    for (std::size_t i = 1; i < rows.size(); ++i) {
        const auto& row = rows.at(i);
        const std::string name = row.at(0) + " " + row.at(1) + " row " + std::to_string(i);
        auto digest = digest_of(row[0], as_bytes(row.at(2)));
        if (!digest) {
            report.skip(name, kUnusedHash);
            continue;
        }
        digest->resize(std::stoul(row[1]) / 8);
        // 0x14 is SHA3-512, which has no name here, since no block uses it.
        // NOLINTNEXTLINE(clang-analyzer-optin.core.EnumCastOutOfRange)
        const auto code = static_cast<HashCode>(row[0] == "sha2-256" ? 0x12 : row[0] == "sha2-512" ? 0x13 : 0x14);
        // A CIDv1 with the codec raw is 01 55 and the multihash.
        const Cid cid = Cid::v1(Codec::raw, code, *digest);
        const auto ours = cid.bytes().subspan(2);
        report.expect(to_hex(ours) == row.at(3), name, "the multihash is " + to_hex(ours) + ", expected " + row.at(3));
    }
}

class Multiformats final : public Suite {
  public:
    std::string_view name() const override { return "multiformats"; }
    bool recognises(const VectorFile& file) const override {
        if (file.extension() != ".csv") return false;
        const std::string_view text = file.text();
        return text.starts_with("encoding,") || text.starts_with("non-canonical encoding,") ||
               text.starts_with("Unicode,") || text.starts_with("algorithm,bits,") || file.name() == "random_vals.csv";
    }
    void run(const VectorFile& file, Report& report) const override {
        const auto rows = rows_of(file.text());
        if (file.name() == "random_vals.csv")
            return report.skip("random_vals.csv", "the file has the inputs of test_cases.csv without answers");
        if (rows[0][0] == "Unicode") return run_registry(rows, report);
        if (rows[0][0] == "algorithm") return run_multihashes(rows, report);
        run_encodings(rows, report);
    }
};

}  // namespace

const Suite& multiformats() {
    static const Multiformats suite;
    return suite;
}

}  // namespace strata::conformance
