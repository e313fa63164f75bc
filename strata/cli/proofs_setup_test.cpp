// Protects what `strata proofs setup` refuses before it draws a secret. Making a key takes seconds to minutes, so an
// existing key must be kept, and a size that needs more memory than a machine has must be refused at once. Source:
// docs/operating.md (exit codes); docs/known_gaps.md ("Sealing").
#include <strata/cli/test_program.hpp>

namespace strata::cli {
namespace {

using testing::expect_refusal;
using testing::kSaysUsage;

class SetupVerb : public testing::Program {
  protected:
    std::vector<std::string> setup(const char* sector) const {
        return {"proofs", "setup", "--sector", sector, "--folder", path("keys")};
    }
};

TEST_F(SetupVerb, sizes_are_checked_before_anything_is_made) {
    for (const char* sector : {"32GiB", "64GiB"}) expect_refusal(kSaysUsage, setup(sector), {sector, "512MiB"});
    expect_refusal(kSaysUsage, setup("3KiB"), {"3072 bytes", "2KiB"});
    expect_refusal(kSaysUsage, setup("1GiB"), {"1GiB", "512MiB"});
    for (const char* sector : {"2048", "big", "-2KiB"}) expect_refusal(kSaysUsage, setup(sector), {sector, "2KiB"});
    EXPECT_FALSE(std::filesystem::exists(path("keys")));
}

}  // namespace
}  // namespace strata::cli
