#include <strata/ipld/dag_pb.hpp>

#include <strata/base/protobuf.hpp>
#include <strata/base/utf8.hpp>

namespace strata {
namespace {

// The field numbers of PBNode and PBLink.
constexpr std::uint64_t kData = 1;
constexpr std::uint64_t kLinks = 2;
constexpr std::uint64_t kHash = 1;
constexpr std::uint64_t kName = 2;
constexpr std::uint64_t kTsize = 3;

Result<PbLink> decode_link(BytesView from) {
    PbLink link;
    std::uint64_t last = 0;
    while (!from.empty()) {
        STRATA_TRY(const auto field, protobuf::take_field(from));
        // Ascending fields without repeats are the only form that a link may have (dag-pb specification).
        if (field.number <= last)
            return fail(Errc::malformed, "DAG-PB link: field " + std::to_string(field.number) + " comes after field " +
                                             std::to_string(last));
        last = field.number;
        if (field.number == kHash && field.body) {
            STRATA_TRY(link.hash, Cid::from_bytes(*field.body));
        } else if (field.number == kName && field.body) {
            if (!is_utf8(as_text(*field.body))) return fail(Errc::malformed, "DAG-PB link: the name is not UTF-8");
            link.name = as_text(*field.body);
        } else if (field.number == kTsize && !field.body) {
            link.tsize = field.value;
        } else {
            return fail(Errc::malformed,
                        "DAG-PB link: field " + std::to_string(field.number) + " is unknown or has the wrong type");
        }
    }
    if (!link.hash.defined()) return fail(Errc::malformed, "DAG-PB link: the hash is missing");
    return link;
}

Bytes encode_link(const PbLink& link) {
    Bytes out;
    protobuf::put_body(out, kHash, link.hash.bytes());
    if (link.name) protobuf::put_body(out, kName, as_bytes(*link.name));
    if (link.tsize) protobuf::put_number(out, kTsize, *link.tsize);
    return out;
}

}  // namespace

Bytes encode_dag_pb(const PbNode& node) {
    Bytes out;
    for (const auto& link : node.links) protobuf::put_body(out, kLinks, encode_link(link));
    // Data comes after the links although its number is smaller (dag-pb spec, "Protobuf strictness").
    if (node.data) protobuf::put_body(out, kData, *node.data);
    return out;
}

Result<PbNode> decode_dag_pb(BytesView block) {
    PbNode node;
    // The data may come before or after the links, but not among them (dag-pb specification, "Protobuf strictness").
    bool links_ended = false;
    while (!block.empty()) {
        STRATA_TRY(const auto field, protobuf::take_field(block));
        if (!field.body || (field.number != kData && field.number != kLinks))
            return fail(Errc::malformed,
                        "DAG-PB node: field " + std::to_string(field.number) + " is unknown or has the wrong type");
        if (field.number == kData) {
            if (node.data) return fail(Errc::malformed, "DAG-PB node: the data field comes twice");
            node.data = to_bytes(*field.body);
            links_ended = !node.links.empty();
            continue;
        }
        if (links_ended)
            return fail(Errc::malformed,
                        "DAG-PB node: the data field is between links, expected before or after all links");
        STRATA_TRY(node.links.emplace_back(), decode_link(*field.body));
    }
    return node;
}

}  // namespace strata
