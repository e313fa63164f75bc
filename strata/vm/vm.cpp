#include <strata/vm/actor_code.hpp>
