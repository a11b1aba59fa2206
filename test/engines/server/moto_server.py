"""moto's server with the Step Functions interpreter enabled.

moto runs a Lambda function in a container, or returns the event. Here, invocations are sent to LAMBDA_URL, which runs the deployed bundle in
a Node process, or replays a recording. Wait states and retry intervals are scaled by WAIT_SCALE. The other patches fill gaps in moto.
"""

import functools
import os
import time
import types
import urllib.request
import uuid

import botocore.session
from moto.awslambda_simple.models import LambdaSimpleBackend
from moto.core.config import default_user_config
from moto.server import main
from moto.stepfunctions import models
from moto.stepfunctions.parser.models import StepFunctionsParserBackend, stepfunctions_parser_backends
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service_callback
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service import (
    StateTaskService,
    camel_to_snake_case,
)
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction

LAMBDA_URL = os.environ["LAMBDA_URL"]
WAIT_SCALE = float(os.environ["WAIT_SCALE"])


def invoke(backend, function_name, qualifier, body, headers, response_headers):
    function = backend.get_function(function_name, qualifier)
    kind = headers.get("X-Amz-Invocation-Type", "RequestResponse")
    data = body if isinstance(body, bytes) else (body or "{}").encode("utf-8")
    request = urllib.request.Request(f"{LAMBDA_URL}/{function.function_name}", data=data, headers={"X-Invocation-Type": kind})
    with urllib.request.urlopen(request) as answer:
        if answer.headers.get("X-Function-Error"):
            response_headers["x-amz-function-error"] = answer.headers["X-Function-Error"]
        return answer.read()


@functools.cache
def operation(service_name, action):
    service = botocore.session.get_session().get_service_model(service_name)
    return service.operation_model(next(name for name in service.operation_names if camel_to_snake_case(name) == action))


def operation_of(task, service_name, action):
    return operation(task._get_boto_service_name(service_name), task._get_boto_service_action(action))


def normalise_parameters(self, parameters, boto_service_name=None, service_action_name=None):
    self._to_boto_request(parameters, operation_of(self, boto_service_name, service_action_name).input_shape)


def normalise_response(self, response, boto_service_name=None, service_action_name=None):
    self._from_boto_response(response, operation_of(self, boto_service_name, service_action_name).output_shape)


start = StepFunctionsParserBackend.start_execution


def start_execution(self, state_machine_arn, name=None, execution_input=None, trace_header=None):
    return start(self, state_machine_arn, name or str(uuid.uuid4()), execution_input, trace_header)


def wait(self, env, wait_seconds):
    if wait_seconds > 0:
        env.program_state_event.wait(wait_seconds * WAIT_SCALE)


default_user_config["stepfunctions"]["execute_state_machine"] = True
default_user_config["lambda"]["use_docker"] = False
# CloudFormation creates state machines in another backend than the interpreter's.
models.stepfunctions_backends = stepfunctions_parser_backends
LambdaSimpleBackend.invoke = invoke
# Executions without a name all get the name None, and only one would start.
StepFunctionsParserBackend.start_execution = start_execution
# Empty in moto. They translate between the spellings of a task and of the API call: `Input` and `input`.
StateTaskService._normalise_parameters = normalise_parameters
StateTaskService._normalise_response = normalise_response
WaitFunction._wait_interval = wait
retrier_decl.time = types.SimpleNamespace(sleep=lambda seconds: time.sleep(seconds * WAIT_SCALE))
# Poll interval for the end of a child execution.
state_task_service_callback._DELAY_SECONDS_SYNC_CONDITION_CHECK = 0.05

main(["-H", "127.0.0.1", "-p", os.environ["MOTO_PORT"]])
