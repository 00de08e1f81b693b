import fdu.daslab.thrift.master.TaskService;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.thrift.TMultiplexedProcessor;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.server.TThreadPoolServer;
import org.apache.thrift.transport.TServerSocket;

/** A master by libthrift with fixed answers, as a Java master is built. Prints its port when it listens. */
public final class PeerServer implements TaskService.Iface {
  public static void main(String[] args) throws Exception {
    TServerSocket socket = new TServerSocket(0);
    TMultiplexedProcessor processor = new TMultiplexedProcessor();
    processor.registerProcessor("TaskService", new TaskService.Processor<>(new PeerServer()));
    TThreadPoolServer server =
        new TThreadPoolServer(
            new TThreadPoolServer.Args(socket).processor(processor).protocolFactory(new TBinaryProtocol.Factory()));
    System.out.println(socket.getServerSocket().getLocalPort());
    server.serve();
  }

  private static Map<String, String> task() {
    Map<String, String> task = new HashMap<>();
    task.put("plan_name", "单词-wordcount-abcdefgh");
    task.put("submit_time", "2026-11-23 06:24:07");
    task.put("start_time", "   -");
    task.put("complete_time", "   -");
    task.put("task_status", "NEW");
    task.put("task_runtime", "");
    return task;
  }

  @Override
  public void submitPlan(String planName, String planDagPath) {
    if (!planDagPath.startsWith("/")) throw new IllegalArgumentException("the path is not absolute");
  }

  @Override
  public List<Map<String, String>> listAllTask(int limit) {
    return Collections.singletonList(task());
  }

  @Override
  public Map<String, String> getTaskInfo(String planName) {
    if (!planName.equals("单词-wordcount-abcdefgh")) return Collections.emptyMap();
    Map<String, String> task = task();
    task.put("task_stage_num", "1");
    task.put("task_stage_list", "s-1");
    return task;
  }

  @Override
  public Map<String, String> getStageInfo(String stageId) {
    return Collections.emptyMap();
  }

  @Override
  public List<String> getStageIdOfTask(String planName) {
    return Collections.singletonList("s-1");
  }

  @Override
  public boolean suspendStage(String stageId) {
    return true;
  }

  @Override
  public boolean continueStage(String stageId) {
    return false;
  }

  @Override
  public String getStageResult(String stageId) {
    return null;
  }
}
