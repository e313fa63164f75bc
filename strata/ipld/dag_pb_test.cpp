// The blocks are those of ipld/codec-fixtures (fixtures/dagpb_*, negative-fixtures/dag-pb); the rules are those of
// ipld.io/specs/codecs/dag-pb.
#include <strata/ipld/dag_pb.hpp>

#include <gtest/gtest.h>

#include <strata/base/hex.hpp>
#include <strata/ipld/data_model.hpp>

namespace strata {
namespace {

Errc decode_error(std::string_view hex) {
    const auto node = decode_dag_pb(*from_hex(hex));
    return node ? Errc::internal : node.error().code();
}
Errc encode_error(std::string_view json) {
    const auto block = value_to_dag_pb(decode_dag_json(json).value());
    return block ? Errc::internal : block.error().code();
}
// A link's hash: the CID bafkqabiaaebagba, whose nine bytes are 01 55 00 05 00 01 02 03 04.
constexpr std::string_view kHash = "0a09015500050001020304";

}  // namespace

// The fixtures' blocks begin with the links, and the data follow.
TEST(DagPb, blocks_of_the_fixtures) {
    const auto empty = decode_dag_pb({}).value();
    EXPECT_FALSE(empty.data);
    EXPECT_TRUE(empty.links.empty());
    EXPECT_TRUE(encode_dag_pb(empty).empty());
    EXPECT_EQ(decode_dag_pb(*from_hex("0a00")).value().data, Bytes{}) << "dagpb_Data_zero";
    EXPECT_EQ(decode_dag_pb(*from_hex("0a050001020304")).value().data, (Bytes{0, 1, 2, 3, 4})) << "dagpb_Data_some";
    // dagpb_Links_Hash_some: a link has its hash alone.
    const auto link = decode_dag_pb(*from_hex("120b" + std::string(kHash))).value();
    ASSERT_EQ(link.links.size(), 1U);
    EXPECT_EQ(link.links[0].hash.to_string(), "bafkqabiaaebagba");
    EXPECT_FALSE(link.links[0].name);
    EXPECT_FALSE(link.links[0].tsize);
    // dagpb_Links_Hash_some_Name_zero and _Tsize_zero: empty is not absent.
    EXPECT_EQ(decode_dag_pb(*from_hex("120d" + std::string(kHash) + "1200")).value().links[0].name, "");
    EXPECT_EQ(decode_dag_pb(*from_hex("120d" + std::string(kHash) + "1800")).value().links[0].tsize, 0U);
    for (const auto* hex : {"0a050001020304", "120b0a09015500050001020304", "120d0a090155000500010203041200",
                            "120d0a090155000500010203041800", "120b0a090155000500010203040a0101"})
        EXPECT_EQ(to_hex(encode_dag_pb(decode_dag_pb(*from_hex(hex)).value())), hex);
}

// negative-fixtures/dag-pb/decode/edges.json.
TEST(DagPb, blocks_that_the_fixtures_refuse) {
    for (const auto* hex :
         {"1200", "12000a050001020304", "12021200", "120b1209736f6d65206e616d65", "12021800", "120318f207"})
        EXPECT_EQ(decode_error(hex), Errc::malformed) << hex;
    EXPECT_NE(decode_error("12020a00"), Errc::internal) << "an empty hash";
    EXPECT_EQ(
        decode_error("12240a221220cf92fdefcdc34cac009c8b05eb662be0618db9de55ecd42785e9ec6712f8df650a040802180612240a22"
                     "1220cf92fdefcdc34cac009c8b05eb662be0618db9de55ecd42785e9ec6712f8df65"),
        Errc::malformed)
        << "data between links";
}

// "Protobuf strictness": no unknown fields, no other wire types, each field once and in its order.
TEST(DagPb, other_protobufs_are_refused) {
    const std::string hash(kHash);
    EXPECT_EQ(decode_error("1a00"), Errc::malformed) << "field 3";
    EXPECT_EQ(decode_error("0801"), Errc::malformed) << "the data are a number";
    EXPECT_EQ(decode_error("1001"), Errc::malformed) << "a link is a number";
    EXPECT_EQ(decode_error("0a000a00"), Errc::malformed) << "data twice";
    EXPECT_EQ(decode_error("0d00000000"), Errc::malformed) << "a wire type of 32 bits";
    EXPECT_EQ(decode_error("090000000000000000"), Errc::malformed) << "a wire type of 64 bits";
    EXPECT_EQ(decode_error("0b"), Errc::malformed) << "a group";
    EXPECT_EQ(decode_error("120d" + hash + "2200"), Errc::malformed) << "field 4 of a link";
    EXPECT_EQ(decode_error("120f" + hash + "18001200"), Errc::malformed) << "the size before the name";
    EXPECT_EQ(decode_error("120f" + hash + "12001200"), Errc::malformed) << "the name twice";
    EXPECT_EQ(decode_error("120d1200" + hash), Errc::malformed) << "the name before the hash";
    EXPECT_EQ(decode_error("120e" + hash + "1201ff"), Errc::malformed) << "the name is not UTF-8";
    EXPECT_EQ(decode_error("120d" + hash + "1000"), Errc::malformed) << "the name is a number";
    EXPECT_EQ(decode_error("120e" + hash + "1a0100"), Errc::malformed) << "the size is a string";
    for (const auto* hex : {"0a", "0a01", "12", "120b0a09", "8a", "120a0a09015500050001020304"})
        EXPECT_EQ(decode_error(hex), Errc::truncated) << hex;
}

// negative-fixtures/dag-pb/encode: forms of the data model that are not DAG-PB.
TEST(DagPb, values_that_are_not_of_its_form) {
    for (const auto* json :
         {"null", "true", "1", "[]", "\"x\"", "{}", R"({"Data":null,"Links":[]})", R"({"Links":null})",
          R"({"Links":[{}]})", R"({"Links":[null]})", R"({"Data":{"/":{"bytes":"AQID"}},"extraneous":true})",
          R"({"Data":"text","Links":[]})", R"({"Links":[{"Hash":"text"}]})",
          R"({"Links":[{"Hash":{"/":"bafkqabiaaebagba"},"Name":1}]})",
          R"({"Links":[{"Hash":{"/":"bafkqabiaaebagba"},"Tsize":-1}]})",
          R"({"Links":[{"Hash":{"/":"bafkqabiaaebagba"},"Tsize":"1"}]})",
          R"({"Links":[{"Hash":{"/":"bafkqabiaaebagba"},"other":1}]})",
          R"({"Links":[{"Hash":{"/":"bafkqabiaaebagba"},"Name":"b"},{"Hash":{"/":"bafkqabiaaebagba"},"Name":"a"}]})"})
        EXPECT_EQ(encode_error(json), Errc::malformed) << json;
}

TEST(DagPb, values_of_its_form) {
    const std::string json =
        R"({"Data":{"/":{"bytes":"AQID"}},"Links":[{"Hash":{"/":"bafkqabiaaebagba"},"Name":"a","Tsize":7},)"
        R"({"Hash":{"/":"bafkqabiaaebagba"},"Name":"b"}]})";
    const auto block = value_to_dag_pb(decode_dag_json(json).value());
    ASSERT_TRUE(block) << block.error().message();
    EXPECT_EQ(to_hex(*block),
              "12100a09015500050001020304120161180712"
              "0e0a090155000500010203041201620a03010203");
    EXPECT_EQ(encode_dag_json(dag_pb_to_value(*block).value()), json);
    EXPECT_EQ(encode_dag_json(dag_pb_to_value({}).value()), R"({"Links":[]})");
    EXPECT_EQ(dag_pb_to_value(Bytes{0x12, 0x00}).error().code(), Errc::malformed);
}

}  // namespace strata
